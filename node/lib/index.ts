// `require('appdynamics')`.
import { appd } from './api';

export = appd;
