// Microsoft SQL Server by `tedious`, and so by `mssql`.
import type { Called } from '../../context';
import { property } from '../../text';
import { beginCall, caller, databaseExit, ending, making, replaceMethod } from '../library-call';

const DEFAULT_PORT = 1433;

/** Hooks the connection: all requests pass by one method of it. */
export function hook(exported: object): void {
  replaceMethod(property(property(exported, 'Connection'), 'prototype'), 'makeRequest', inFrontOfRequest);
}

function inFrontOfRequest(original: Called): Called {
  return function makeRequest(this: unknown, request: unknown): unknown {
    const txn = caller();
    const callback = property(request, 'callback');
    if (txn === undefined || typeof callback !== 'function') return Reflect.apply(original, this, arguments);
    const config = property(this, 'config');
    const options = property(config, 'options');
    const host = property(config, 'server');
    const info = databaseExit('MSSQL', 'MSSQL', typeof host === 'string' ? host : 'localhost', property(options, 'port') ?? DEFAULT_PORT, property(options, 'database'));
    info.user = property(property(property(config, 'authentication'), 'options'), 'userName') as string | undefined;
    const parameters = property(request, 'parametersByName');
    // Statements are executed by a procedure of the server, whose parameter they are.
    const statement = property(property(parameters, 'statement') ?? property(parameters, 'stmt'), 'value');
    const command = typeof statement === 'string' ? statement : property(request, 'sqlTextOrProcedure');
    info.command = typeof command === 'string' ? command : undefined;
    const given = property(request, 'originalParameters') ?? property(request, 'parameters');
    info.commandArgs = Array.isArray(given) ? given.map((one) => property(one, 'value')) : undefined;
    const exit = beginCall(txn, info, makeRequest);
    (request as { callback: unknown }).callback = ending(txn, exit, callback as Called);
    return making(exit, original, this, arguments);
  };
}
