// `require('appdynamics')`.
import { appd } from './api';
import { register } from './register';

register();

export = appd;
