// Generated from docs/reference/openapi.json by `npm run codegen`. Never edited.

export interface paths {
    "/api/access-keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The account's access keys, masked. */
        get: operations["access_keys_list"];
        put?: never;
        /** Adds an access key. */
        post: operations["access_keys_add"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/access-keys/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One access key, unmasked; that somebody looked is written into the audit. */
        get: operations["access_keys_one"];
        put?: never;
        post?: never;
        /** Revokes an access key: agents that use it are refused from now on. */
        delete: operations["access_keys_revoke"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/accounts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** All accounts, by name. */
        get: operations["accounts_list"];
        put?: never;
        /** Makes an account with its first user, `admin`. */
        post: operations["accounts_add"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/accounts/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Lets an account's users and agents in, or keeps them out and ends their sessions. */
        put: operations["accounts_change"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/api-clients": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The account's API clients, by name. */
        get: operations["api_clients_list"];
        put?: never;
        /** Makes an API client; the answer is the only time its secret is shown. */
        post: operations["api_clients_add"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/api-clients/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Changes an API client. */
        put: operations["api_clients_change"];
        post?: never;
        /** Removes an API client. */
        delete: operations["api_clients_remove"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/api-clients/{id}/secret": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Gives an API client a new secret, shown only now; the old one and all its tokens are over. */
        post: operations["api_clients_renew"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/api-clients/{id}/tokens": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Ends all tokens an API client has. */
        delete: operations["api_clients_revoke"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/applications": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** All applications with their numbers. */
        get: operations["applications_list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/applications/{app}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One application. */
        get: operations["applications_one"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/applications/{app}/agent-configuration": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What agents are told, and what is in force at them. */
        get: operations["agent_configuration"];
        /** Writes what differs; agents have it with their next poll. */
        put: operations["agent_configuration_put"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/applications/{app}/agent-configuration/history": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The versions that are kept, newest first. */
        get: operations["agent_configuration_history"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/applications/{app}/agent-configuration/roll-back": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Brings a former version back, as a new one. */
        post: operations["agent_configuration_roll_back"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/applications/{app}/agent-configuration/trial": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Says what agents would be told and what requests would be called if this were written. Nothing is changed. */
        post: operations["agent_configuration_trial"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/applications/{app}/alerting/{kind}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Everything of one kind. */
        get: operations["alerting_list"];
        put?: never;
        /** Sets one up. */
        post: operations["alerting_create"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/applications/{app}/alerting/{kind}/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One of a kind. */
        get: operations["alerting_one"];
        /** Changes one: it becomes what is sent. */
        put: operations["alerting_update"];
        post?: never;
        /** Deletes one. */
        delete: operations["alerting_delete"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/applications/{app}/alerting/actions/{id}/test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Carries an action out once, now, with an event that says that it is a test. */
        post: operations["alerting_test_action"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/applications/{app}/backends": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** All backends with their numbers. */
        get: operations["backends_list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/applications/{app}/backends/{backend}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One backend. */
        get: operations["backends_one"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/applications/{app}/backends/{backend}/administration": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Decides something about a backend. */
        post: operations["backend_decide"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/applications/{app}/baseline": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What was usual for a metric in each hour of the range, at most the last 31 days of it. */
        get: operations["baseline"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/applications/{app}/business-transactions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** All business transactions with their numbers. */
        get: operations["business_transactions_list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/applications/{app}/business-transactions/{bt}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One business transaction. */
        get: operations["business_transactions_one"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/applications/{app}/business-transactions/administration": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What was decided about business transactions. */
        get: operations["bt_administration"];
        put?: never;
        /** Decides something about business transactions. */
        post: operations["bt_decide"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/applications/{app}/deliveries": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Actions that wait, and those that were carried out or given up in a time, newest first. */
        get: operations["alerting_deliveries"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/applications/{app}/diagnostic-policy": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** When sessions start by themselves. */
        get: operations["diagnostic_policy"];
        /** Says when sessions start by themselves. */
        put: operations["diagnostic_policy_set"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/applications/{app}/diagnostic-sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Sessions that run, and the last ones that ended, newest first. */
        get: operations["diagnostic_sessions_list"];
        put?: never;
        /** Starts a session; agents hear of it with their next poll. */
        post: operations["diagnostic_sessions_start"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/applications/{app}/diagnostic-sessions/{guid}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Stops a running session. */
        delete: operations["diagnostic_sessions_stop"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/applications/{app}/errors": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Errors of a time by type and tier. */
        get: operations["errors_list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/applications/{app}/errors/{tier}/{error}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One group with the places its errors come from. */
        get: operations["errors_one"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/applications/{app}/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Events in a time, newest first. */
        get: operations["events_list"];
        put?: never;
        /** Writes a deployment or custom event down. Policies see it within seconds. */
        post: operations["events_create"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/applications/{app}/flow-map": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who calls whom. A backend that turned out to be a tier appears as calls to that tier. */
        get: operations["flow_map_flow_map"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/applications/{app}/health": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How the application is now. */
        get: operations["health"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/applications/{app}/markers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Events and violations of a time, to mark charts with. The events of a violation's life are one marker. */
        get: operations["markers"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/applications/{app}/metric-data": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The numbers of all metrics a path matches, one point per minute, ten minutes or hour. */
        get: operations["metrics_data"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/applications/{app}/metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One folder of the metric tree. Folders of calls hold what was called in the range or in the day before its end. */
        get: operations["metrics_folder"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/applications/{app}/nodes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** All nodes, their agents, and whether their numbers add up. */
        get: operations["nodes_list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/applications/{app}/nodes/{node}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Leaves a node out of lists until it is heard of again. */
        delete: operations["node_forget"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/applications/{app}/scorecard": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One number each for the asked time. Originating segments only unless a tier or backend is given. */
        get: operations["scorecard_scorecard"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/applications/{app}/series": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Numbers over time. Originating segments only unless a tier, node or backend is given. */
        get: operations["series_series"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/applications/{app}/series/baseline": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What was usual for the series of the same subject, by the hour, for at most the last 31 days of the time. */
        get: operations["series_baseline"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/applications/{app}/snapshots": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Kept segments, newest first. */
        get: operations["snapshots_list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/applications/{app}/snapshots/{guid}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One kept execution over all its tiers. */
        get: operations["snapshots_one"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/applications/{app}/snapshots/{guid}/archive": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Keeps all segments of an execution for ever, or no longer. */
        post: operations["snapshots_archive"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/applications/{app}/violations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Violations that were open at some time of the range, newest first. */
        get: operations["violations_list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/audit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What was done in the account, newest first. */
        get: operations["audit_list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/email-server": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The server an account's email goes through. */
        get: operations["email_server"];
        /** Names the server an account's email goes through. */
        put: operations["email_server_set"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/groups": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The account's groups, by name. */
        get: operations["groups_list"];
        put?: never;
        /** Makes a group. */
        post: operations["groups_add"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/groups/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Changes a group. */
        put: operations["groups_change"];
        post?: never;
        /** Removes a group. */
        delete: operations["groups_remove"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/login": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Logs in; sets the session cookie. */
        post: operations["session_login"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/login/oidc": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Sends the browser to the provider. */
        get: operations["login_oidc"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/login/oidc/callback": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Takes the browser back from the provider and logs it in. */
        get: operations["login_oidc_callback"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/login/options": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How one can log in; told to everybody. */
        get: operations["login_options"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/logout": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Logs out. */
        post: operations["session_logout"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/roles": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The built-in roles, then the account's own by name. */
        get: operations["roles_list"];
        put?: never;
        /** Makes a role. */
        post: operations["roles_add"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/roles/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Changes a role. */
        put: operations["roles_change"];
        post?: never;
        /** Removes a role. */
        delete: operations["roles_remove"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/session": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who is logged in. */
        get: operations["session_session"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/setup": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What a program needs to report here. */
        get: operations["session_setup"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/staleness": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Hours of silence after which things are left out of lists. */
        get: operations["staleness"];
        /** Sets the hours of silence after which things are left out of lists. */
        put: operations["staleness_set"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/status": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How the controller itself is. */
        get: operations["status"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/users": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The account's users, by name. */
        get: operations["users_list"];
        put?: never;
        /** Makes a user. */
        post: operations["users_add"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/users/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Changes a user. A new password, or being disabled, ends all their sessions. */
        put: operations["users_change"];
        post?: never;
        /** Removes a user and ends all their sessions. */
        delete: operations["users_remove"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/users/password": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Sets a user's password and ends all sessions of that user. Everybody may change their own. */
        post: operations["users_password"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /** @description A key. */
        AccessKeyInfo: {
            /**
             * Format: int64
             * @description When it was made.
             */
            created: number;
            /** @description What it is for. */
            description: string;
            /** @description A short name for revoking. */
            id: string;
            /** @description The key; in the list only its ends. */
            key: string;
        };
        /** @description A key to add. */
        AccessKeyRequest: {
            /** @description What it is for. */
            description?: string | null;
            /** @description The key; a random one when absent. */
            key?: string | null;
        };
        /** @description What is to be changed about an account. */
        AccountChangeRequest: {
            /** @description Whether its users may log in and its agents report. Its data stay. */
            enabled: boolean;
        };
        /** @description An account. */
        AccountInfo: {
            /**
             * Format: int64
             * @description When it was made; 0 for those every controller has.
             */
            created: number;
            /** @description Whether its users may log in and its agents report. */
            enabled: boolean;
            /**
             * Format: int64
             * @description Its number.
             */
            id: number;
            /** @description Its name. */
            name: string;
        };
        /** @description An account to make. */
        AccountRequest: {
            /** @description The password of its first user, `admin`. */
            adminPassword: string;
            /** @description Its name: letters, digits, `-`, `_` and `.`. */
            name: string;
        };
        /** @description How an action went. */
        ActionOutcome: {
            /** @description Whether it was carried out. */
            done: boolean;
            /** @description In a few words. */
            text: string;
        };
        /** @description What is in force at an agent. */
        AgentConfiguration: {
            /** @description The agent's version. */
            agentVersion: string;
            /** @description The configuration in force there. */
            effective: Record<string, never>;
            /**
             * Format: int64
             * @description When it spoke last.
             */
            lastSeenMs: number;
            /**
             * Format: int64
             * @description Its node.
             */
            nodeId: number;
            /** @description Its node's name. */
            nodeName: string;
            /**
             * Format: int64
             * @description Its tier, when it is known.
             */
            tierId: number | null;
            /** @description Its tier's name; empty when it is not known. */
            tierName: string;
            /**
             * Format: int64
             * @description The version agents of its tier are told now.
             */
            toldVersion: number;
            /** @description Whether it is what agents are told now. */
            upToDate: boolean;
            /**
             * Format: int64
             * @description The version in force there.
             */
            version: number;
        };
        /** @description One life of an agent. */
        AgentInfo: {
            /**
             * Format: int64
             * @description The version of the configuration in force there.
             */
            configVersion: number;
            /** @description What it noticed and its program was never told. */
            diagnostics: components["schemas"]["DiagnosticsInfo"];
            /** @description Whether it said goodbye. */
            disconnected: boolean;
            /** @description Which life. */
            incarnation: string;
            /**
             * Format: int64
             * @description When it spoke last.
             */
            lastSeen: number;
        };
        /** @description Something that was set up, and who changed it last. */
        AlertingObject: {
            /** @description By whom. */
            changedBy: string;
            /**
             * Format: int64
             * @description When it was changed.
             */
            changedMs: number;
            /** @description The thing, as the public REST API shows it. */
            definition: Record<string, never>;
            /**
             * Format: int64
             * @description Its id within the application.
             */
            id: number;
            /** @description Its name. */
            name: string;
            /**
             * Format: int64
             * @description Rises with every change; send it back with a change to be told when somebody was quicker.
             */
            version: number;
        };
        /** @description Something to set up or to change. */
        AlertingRequest: {
            /** @description The thing, as the public REST API takes it. */
            definition: Record<string, never>;
            /**
             * Format: int64
             * @description Only when this version is there.
             */
            version?: number | null;
        };
        /** @description What can be said about an API client. What is absent stays as it is. */
        ApiClientChangeRequest: {
            /**
             * @description What it is for.
             * @default null
             */
            description: string | null;
            /**
             * @description Whether it gets tokens, and whether those it has are good.
             * @default null
             */
            enabled: boolean | null;
            /**
             * @description Its name.
             * @default null
             */
            name: string | null;
            /**
             * @description All its roles.
             * @default null
             */
            roleIds: number[] | null;
            /**
             * Format: int64
             * @description Seconds a token lives.
             * @default null
             */
            tokenLifeS: number | null;
        };
        /** @description An API client: a program that exchanges a secret for short-lived tokens. */
        ApiClientInfo: {
            /**
             * Format: int64
             * @description When it was made.
             */
            created: number;
            /** @description What it is for. */
            description: string;
            /** @description Whether it gets tokens, and whether those it has are good. */
            enabled: boolean;
            /**
             * Format: int64
             * @description Its number.
             */
            id: number;
            /** @description Its name; with the account behind `@` it is the OAuth `client_id`. */
            name: string;
            /** @description Roles it has. */
            roleIds: number[];
            /**
             * Format: int64
             * @description Seconds a token lives.
             */
            tokenLifeS: number;
        };
        /** @description A secret, shown only now. */
        ApiClientSecret: {
            /** @description The OAuth `client_id`. */
            clientId: string;
            /** @description The OAuth `client_secret`. */
            clientSecret: string;
            /**
             * Format: int64
             * @description The client's number.
             */
            id: number;
        };
        /** @description One application. */
        ApplicationDetails: {
            /**
             * Format: int64
             * @description When it was first heard of.
             */
            firstSeen: number;
            /**
             * Format: int64
             * @description Its id.
             */
            id: number;
            /**
             * Format: int64
             * @description When it was last heard of.
             */
            lastSeen: number;
            /** @description Its name. */
            name: string;
            /** @description Its tiers by name. */
            tiers: components["schemas"]["TierInfo"][];
            /** @description What its people should know, in sentences: numbers that do not add up, drops, refused data. */
            warnings: string[];
        };
        /** @description One line of the application list. */
        ApplicationRow: {
            /**
             * Format: double
             * @description Average response time; null without calls.
             */
            averageMs: number | null;
            /**
             * Format: int64
             * @description Business transactions begun in the asked time.
             */
            calls: number;
            /**
             * Format: double
             * @description Calls per minute of the asked time.
             */
            callsPerMinute: number;
            /**
             * Format: int64
             * @description Violations of health rules that are open now and critical.
             */
            critical: number;
            /**
             * Format: double
             * @description Their share of all calls, 0 to 100.
             */
            errorPercent: number;
            /**
             * Format: int64
             * @description Business transactions in error.
             */
            errors: number;
            /**
             * Format: int64
             * @description Its id.
             */
            id: number;
            /** @description Its name. */
            name: string;
            /**
             * Format: int64
             * @description How many nodes it has.
             */
            nodes: number;
            /** @description The same over time. */
            spark: components["schemas"]["Spark"];
            /**
             * Format: int64
             * @description How many tiers it has.
             */
            tiers: number;
            /** @description How they went. */
            verdicts: components["schemas"]["Verdicts"];
            /**
             * Format: int64
             * @description Violations of health rules that are open now and warnings.
             */
            warning: number;
        };
        /** @description Whether a snapshot is to be kept for ever. */
        ArchiveRequest: {
            /** @description Kept for ever (true), or dropped like the others one day (false). */
            archived: boolean;
        };
        /** @description One line. */
        AuditInfo: {
            /** @description What was done. */
            action: string;
            /** @description From where; empty when that is not known. */
            address: string;
            /**
             * Format: int64
             * @description Where it stands; grows.
             */
            id: number;
            /** @description To what. */
            object: string;
            /** @description Who knows them: `INTERNAL`, `OIDC`, `API_CLIENT`. */
            provider: string;
            /**
             * Format: int64
             * @description When.
             */
            time: number;
            /** @description Who. */
            user: string;
        };
        /**
         * @description What is done with a backend.
         * @enum {string}
         */
        BackendAction: "rename" | "resolve" | "unresolve" | "automatic" | "delete";
        /** @description A business transaction that calls a backend. */
        BackendBt: {
            /**
             * Format: int64
             * @description Its calls.
             */
            calls: number;
            /**
             * Format: int64
             * @description The business transaction.
             */
            id: number;
            /** @description Its name. */
            name: string;
        };
        /** @description A tier that calls a backend. */
        BackendCaller: {
            /**
             * Format: double
             * @description Their average duration.
             */
            averageMs: number | null;
            /**
             * Format: int64
             * @description Its calls.
             */
            calls: number;
            /**
             * Format: int64
             * @description How many of them were in error.
             */
            errors: number;
            /**
             * Format: int64
             * @description The tier.
             */
            tierId: number;
            /** @description Its name. */
            tierName: string;
        };
        /** @description Something to do with a backend. */
        BackendDecisionRequest: {
            /** @description What. */
            action: components["schemas"]["BackendAction"];
            /** @description A name. */
            name?: string;
            /**
             * Format: int64
             * @description A tier of the same application.
             */
            tierId?: number | null;
        };
        /** @description One backend. */
        BackendDetails: components["schemas"]["BackendRow"] & {
            /** @description For which business transactions, most calls first. */
            bts: components["schemas"]["BackendBt"][];
            /** @description Who calls it, most calls first. */
            callers: components["schemas"]["BackendCaller"][];
        };
        /** @description One line of the list. */
        BackendRow: {
            /**
             * Format: double
             * @description Average duration; null without calls.
             */
            averageMs: number | null;
            /**
             * Format: int64
             * @description Exit calls.
             */
            calls: number;
            /**
             * Format: double
             * @description Exit calls per minute.
             */
            callsPerMinute: number;
            /**
             * Format: int64
             * @description Exit calls in error.
             */
            errors: number;
            /** @description `HTTP`, `DB`, `CACHE`, `QUEUE`, `CUSTOM`, …. */
            exitType: string;
            /**
             * Format: int64
             * @description Its id.
             */
            id: number;
            /** @description Its name. */
            name: string;
            /** @description Its identifying properties. */
            properties: components["schemas"]["NameValue"][];
            /**
             * Format: int64
             * @description The tier it turned out to be.
             */
            resolvedTierId: number | null;
            /** @description That tier's name. */
            resolvedTierName: string | null;
            /** @description The same over time. */
            spark: components["schemas"]["Spark"];
        };
        /**
         * @description What is done with business transactions.
         * @enum {string}
         */
        BtAction: "rename" | "exclude" | "include" | "delete" | "group" | "ungroup" | "rename-group" | "promote" | "demote";
        /** @description What was decided about business transactions. */
        BtAdministration: {
            /** @description Those that are excluded. */
            excluded: components["schemas"]["NamedBt"][];
            /** @description Groups with their business transactions. */
            groups: components["schemas"]["BtGroup"][];
            /** @description Whether new ones get a line of their own. */
            lockDown: components["schemas"]["LockDownInfo"];
            /** @description Names that are reported apart although agents have as many as they may. */
            promoted: string[];
        };
        /** @description Something to do with business transactions. */
        BtDecisionRequest: {
            /** @description What. */
            action: components["schemas"]["BtAction"];
            /** @description A group's name. */
            group?: string;
            /** @description With which; at most 1,000. */
            ids?: number[];
            /** @description A name. */
            name?: string;
        };
        /** @description A group of business transactions. */
        BtGroup: {
            /** @description Its business transactions. */
            ids: number[];
            /** @description Its name. */
            name: string;
        };
        /** @description One business transaction. */
        BusinessTransactionDetails: components["schemas"]["BusinessTransactionRow"] & {
            /** @description The tiers that take part in it, the originating one first. */
            tiers: components["schemas"]["BusinessTransactionTier"][];
        };
        /** @description One line of the list. */
        BusinessTransactionRow: {
            /**
             * Format: double
             * @description Average; null without calls.
             */
            averageMs: number | null;
            /**
             * Format: int64
             * @description Executions that started in it.
             */
            calls: number;
            /**
             * Format: double
             * @description Executions per minute of the asked time.
             */
            callsPerMinute: number;
            /** @description How it enters the tier, for people (`Python Web`). */
            entryTitle: string;
            /** @description How it enters the tier, as in the REST API (`PYTHON_WEB`). */
            entryType: string;
            /**
             * Format: double
             * @description Their share of all calls, 0 to 100.
             */
            errorPercent: number;
            /**
             * Format: int64
             * @description In error.
             */
            errors: number;
            /**
             * Format: int64
             * @description Its id.
             */
            id: number;
            /**
             * Format: int64
             * @description When it was last heard of.
             */
            lastSeen: number;
            /**
             * Format: double
             * @description Longest; null without calls.
             */
            maxMs: number | null;
            /**
             * Format: double
             * @description Shortest; null without calls.
             */
            minMs: number | null;
            /** @description Its name. */
            name: string;
            /** @description Whether it is its tier's All Other Traffic. */
            otherTraffic: boolean;
            /**
             * Format: double
             * @description 95 of 100 were faster; null without calls.
             */
            p95: number | null;
            /** @description The same over time. */
            spark: components["schemas"]["Spark"];
            /**
             * Format: int64
             * @description Its originating tier.
             */
            tierId: number;
            /** @description Its originating tier's name. */
            tierName: string;
            /** @description How they went. */
            verdicts: components["schemas"]["Verdicts"];
        };
        /** @description What one tier does for a business transaction. */
        BusinessTransactionTier: {
            /**
             * Format: double
             * @description Average; null without calls.
             */
            averageMs: number | null;
            /**
             * Format: int64
             * @description Segments.
             */
            calls: number;
            /**
             * Format: int64
             * @description Segments in error.
             */
            errors: number;
            /**
             * Format: int64
             * @description The tier.
             */
            id: number;
            /** @description Its name. */
            name: string;
            /** @description Whether the business transaction starts here. */
            originating: boolean;
        };
        /** @description A configuration. */
        Configuration: {
            /** @description What is in force at the agents that reported lately. */
            agents: components["schemas"]["AgentConfiguration"][];
            /** @description What follows from it: what agents are told. */
            effective: Record<string, never>;
            /** @description What people wrote. */
            written: components["schemas"]["ConfigurationVersion"];
        };
        /** @description A configuration to write. */
        ConfigurationRequest: {
            /** @description What differs, as a JSON merge patch. */
            patch: Record<string, never>;
            /**
             * Format: int64
             * @description Only when this version is there.
             */
            version?: number | null;
        };
        /** @description What people wrote. */
        ConfigurationVersion: {
            /** @description Who. */
            changedBy: string;
            /**
             * Format: int64
             * @description When.
             */
            changedMs: number;
            /** @description What differs from the defaults (for a tier: from the application's), as a JSON merge patch. */
            patch: Record<string, never>;
            /**
             * Format: int64
             * @description 0 when nobody wrote anything.
             */
            version: number;
        };
        /** @description What a node's processes and the agents in them used, all processes added up. */
        CostInfo: {
            /**
             * Format: double
             * @description CPU time of the agents' reporter threads.
             */
            agentCpuMs: number;
            /**
             * Format: int64
             * @description Memory the agents account for at their last reports.
             */
            agentMemoryBytes: number;
            /**
             * Format: int64
             * @description Whole minutes something was reported on, in milliseconds; 0 when nothing was.
             */
            observedMs: number;
            /**
             * Format: double
             * @description CPU time of the processes.
             */
            processCpuMs: number;
            /**
             * Format: int64
             * @description Resident memory of the processes at their last reports.
             */
            processMemoryBytes: number;
            /**
             * Format: int64
             * @description Threads of the processes at their last reports.
             */
            threads: number;
        };
        /** @description An action that waits, was carried out or was given up. */
        DeliveryInfo: {
            /** @description The action's name. */
            action: string;
            /**
             * Format: int64
             * @description How often it was tried.
             */
            attempts: number;
            /** @description The policy that wanted it. */
            policy: string;
            /** @description `WAITING`, `DONE` or `GIVEN_UP`. */
            status: string;
            /** @description How it went. */
            text: string;
            /**
             * Format: int64
             * @description When it is tried next, or ended.
             */
            timeMs: number;
        };
        /** @description When sessions start by themselves. */
        DiagnosticPolicyInfo: {
            /**
             * Format: int64
             * @description Executions in the minutes looked at, below which nothing is said.
             */
            callsMin: number;
            /** @description Whether they do. */
            enabled: boolean;
            /**
             * Format: double
             * @description Per cent of executions in error.
             */
            errorPercent: number;
            /**
             * Format: int32
             * @description Minutes looked at.
             */
            minutes: number;
            /**
             * Format: int32
             * @description Minutes between two sessions of one business transaction.
             */
            pauseMinutes: number;
            /**
             * Format: int32
             * @description Minutes a session lasts.
             */
            sessionMinutes: number;
            /**
             * Format: double
             * @description Per cent of executions that are slow, very slow or stalls.
             */
            slowPercent: number;
            /**
             * Format: int64
             * @description Snapshots per agent.
             */
            snapshotsMax: number;
        };
        /** @description What an agent noticed since its start. */
        DiagnosticsInfo: {
            /** @description What was dropped, by cause. */
            drops: {
                [key: string]: number;
            };
            /** @description Names that All Other Traffic hid in the last minute, most called first; at most 64. */
            hiddenNames: components["schemas"]["HiddenNameInfo"][];
            /** @description Odd calls of the API by what was odd. */
            misuse: {
                [key: string]: number;
            };
            /**
             * Format: int64
             * @description Panics caught inside the agent: 0, or a bug to report.
             */
            panics: number;
            /** @description Names that are reported under another name. */
            replacedNames: components["schemas"]["ReplacedNameInfo"][];
            /**
             * Format: int64
             * @description Bytes waiting in the spool.
             */
            spoolBytes: number;
            /** @description What is wrong with settings or delivery, in sentences. */
            warnings: string[];
        };
        /** @description The server. Its password is never shown. */
        EmailServerInfo: {
            /** @description The sender's address. */
            from: string;
            /** @description Whether a password is known. */
            hasPassword: boolean;
            /** @description Its host; no email is sent while it is empty. */
            host: string;
            /**
             * Format: int32
             * @description Its port; the usual one when null.
             */
            port: number | null;
            /** @description How the connection is protected. */
            protection: components["schemas"]["Protection"];
            /** @description Who logs in; nobody when empty. */
            user: string;
        };
        /** @description The server to use from now on. */
        EmailServerRequest: {
            /** @description The sender's address. */
            from: string;
            /** @description Its host. */
            host: string;
            /** @description The password; what was there stays when absent. */
            password?: string | null;
            /**
             * Format: int32
             * @description Its port; 587, 465 or 25 when absent.
             */
            port?: number | null;
            /** @description How the connection is protected. */
            protection?: components["schemas"]["Protection"];
            /** @description Who logs in. */
            user?: string;
        };
        /** @description How a thing is now. */
        EntityHealth: {
            /**
             * Format: int64
             * @description Its id.
             */
            entityId: number;
            /** @description What kind of thing. */
            entityType: string;
            /** @description `WARNING` or `CRITICAL`. */
            severity: string;
        };
        /** @description Something an event or a violation is about. */
        EntityInfo: {
            /**
             * Format: int64
             * @description Its id.
             */
            entityId: number;
            /**
             * @description `APPLICATION`, `APPLICATION_COMPONENT` (a tier), `APPLICATION_COMPONENT_NODE`, `BUSINESS_TRANSACTION`, `BACKEND`,
             *     `ERROR`, `POLICY` (a health rule).
             */
            entityType: string;
            /** @description Its name. */
            name: string;
        };
        /** @description An error as the page shows it. */
        ErrorAnswer: {
            /** @description What happened. */
            error: string;
            /** @description What to do about it. */
            hint: string;
        };
        /** @description A business transaction with errors. */
        ErrorBt: {
            /**
             * Format: int64
             * @description How many errors.
             */
            count: number;
            /**
             * Format: int64
             * @description Its id.
             */
            id: number;
            /** @description Its name. */
            name: string;
        };
        /** @description One group with the places its errors come from. */
        ErrorDetails: components["schemas"]["ErrorGroupInfo"] & {
            /** @description Where they come from, by the stacks of the newest fifty snapshots. */
            places: components["schemas"]["ErrorPlaceInfo"][];
        };
        /** @description Errors of one type on one tier. */
        ErrorGroupInfo: {
            /** @description The business transactions they happened in, most first. */
            bts: components["schemas"]["ErrorBt"][];
            /**
             * Format: int64
             * @description How many.
             */
            count: number;
            /**
             * Format: int64
             * @description The type's id.
             */
            errorId: number;
            /**
             * Format: int64
             * @description The oldest one of this time.
             */
            firstMs: number;
            /**
             * Format: int64
             * @description The newest one.
             */
            lastMs: number;
            /** @description The newest message. */
            message: string;
            /** @description The newest snapshots. */
            snapshots: components["schemas"]["ErrorSnapshot"][];
            /**
             * Format: int64
             * @description The tier's id.
             */
            tierId: number;
            /** @description The tier's name. */
            tierName: string;
            /** @description How many per step. */
            trend: number[];
            /** @description The type. */
            typeName: string;
        };
        /** @description An error. */
        ErrorInfo: {
            /** @description Its message. */
            message: string;
            /** @description Its stack in the language's own form. */
            stack: string;
            /** @description The exception's type. */
            type: string;
        };
        /** @description Errors of a time. */
        ErrorList: {
            /**
             * Format: int64
             * @description Start of their first step.
             */
            from: number;
            /** @description By type and tier, most first. */
            groups: components["schemas"]["ErrorGroupInfo"][];
            /**
             * Format: int64
             * @description Length of a step of the trends.
             */
            stepMs: number;
            /** @description Whether there were more than are counted here: ask for a shorter time. */
            truncated: boolean;
        };
        /** @description A place in the program. */
        ErrorPlaceInfo: {
            /**
             * Format: int64
             * @description How many of the snapshots that were read.
             */
            count: number;
            /** @description The newest snapshot. */
            guid: string;
            /**
             * Format: int64
             * @description When that was.
             */
            lastMs: number;
            /** @description The newest message. */
            message: string;
            /** @description The innermost line of the stack, or the backend of an exit call; may be empty. */
            place: string;
            /** @description The newest stack; may be empty. */
            stack: string;
        };
        /** @description A snapshot with an error. */
        ErrorSnapshot: {
            /**
             * Format: int64
             * @description The business transaction.
             */
            btId: number;
            /**
             * Format: double
             * @description How long it took.
             */
            durationMs: number;
            /** @description The request. */
            guid: string;
            /**
             * Format: int64
             * @description When.
             */
            startMs: number;
        };
        /** @description Something that happened. */
        EventInfo: {
            /** @description What it is about. */
            affectedEntities: components["schemas"]["EntityInfo"][];
            /** @description More of it. */
            comment: string;
            /**
             * Format: int64
             * @description Its id.
             */
            id: number;
            /** @description What else is known. */
            properties: {
                [key: string]: string;
            };
            /** @description `INFO`, `WARN` or `ERROR`. */
            severity: string;
            /** @description A custom event's own type. */
            subType: string;
            /** @description One sentence. */
            summary: string;
            /**
             * Format: int64
             * @description When.
             */
            timeMs: number;
            triggeredEntity: components["schemas"]["EntityInfo"] | null;
            /** @description `APPLICATION_DEPLOYMENT`, `CUSTOM`, `POLICY_OPEN_CRITICAL`, `DIAGNOSTIC_SESSION`, `AGENT_EVENT`, …. */
            type: string;
        };
        /** @description An event to write down. */
        EventRequest: {
            /**
             * Format: int64
             * @description The business transaction it is about.
             */
            btId?: number | null;
            /** @description More of it. */
            comment?: string;
            /**
             * Format: int64
             * @description The node it is about.
             */
            nodeId?: number | null;
            /** @description What else is known. */
            properties?: {
                [key: string]: string;
            };
            /** @description `INFO` (when absent), `WARN` or `ERROR`. */
            severity?: string | null;
            /** @description A custom event's own type. */
            subType?: string;
            /** @description One sentence. */
            summary: string;
            /**
             * Format: int64
             * @description The tier it is about.
             */
            tierId?: number | null;
            /** @description `APPLICATION_DEPLOYMENT` or `CUSTOM`. */
            type: string;
        };
        /** @description A backend on the map. */
        FlowBackend: {
            /** @description `HTTP`, `DB`, `CACHE`, `QUEUE`, `CUSTOM`, …. */
            exitType: string;
            /**
             * Format: int64
             * @description Its id.
             */
            id: number;
            /** @description Its name. */
            name: string;
            /** @description Its identifying properties. */
            properties: components["schemas"]["NameValue"][];
        };
        /** @description Calls from a tier to a tier or a backend: exactly one of `toTierId` and `backendId` is set. */
        FlowEdge: {
            /** @description Whether the caller does not wait: drawn dashed. */
            async: boolean;
            /**
             * Format: double
             * @description Average duration as the caller saw it; null without calls.
             */
            averageMs: number | null;
            /**
             * Format: int64
             * @description The called backend.
             */
            backendId: number | null;
            /**
             * Format: int64
             * @description Calls.
             */
            calls: number;
            /**
             * Format: double
             * @description Calls per minute.
             */
            callsPerMinute: number;
            /**
             * Format: int64
             * @description Calls in error.
             */
            errors: number;
            /** @description How it is called. */
            exitType: string;
            /**
             * Format: int64
             * @description The calling tier.
             */
            fromTierId: number;
            /**
             * Format: int64
             * @description The called tier.
             */
            toTierId: number | null;
        };
        /** @description Tiers, backends and the calls between them. */
        FlowMap: {
            /** @description Backends that were called and are no tiers, by name. */
            backends: components["schemas"]["FlowBackend"][];
            /** @description Calls. */
            edges: components["schemas"]["FlowEdge"][];
            /** @description Tiers that had calls, by name. */
            tiers: components["schemas"]["FlowTier"][];
        };
        /** @description A tier on the map. */
        FlowTier: {
            /**
             * Format: double
             * @description Average duration; null without calls.
             */
            averageMs: number | null;
            /**
             * Format: int64
             * @description Segments it executed.
             */
            calls: number;
            /**
             * Format: double
             * @description Segments per minute.
             */
            callsPerMinute: number;
            /** @description Whether business transactions start here. */
            entry: boolean;
            /**
             * Format: int64
             * @description Segments in error.
             */
            errors: number;
            /**
             * Format: int64
             * @description Its id.
             */
            id: number;
            /** @description `python`, `nodejs`, `rust` or `other`. */
            language: string;
            /** @description Its name. */
            name: string;
            /**
             * Format: int64
             * @description Nodes that reported in the asked time.
             */
            nodes: number;
        };
        /** @description What can be said about a group. What is absent stays as it is. */
        GroupChangeRequest: {
            /**
             * @description What it is for.
             * @default null
             */
            description: string | null;
            /**
             * @description Its name.
             * @default null
             */
            name: string | null;
            /**
             * @description All roles its members have.
             * @default null
             */
            roleIds: number[] | null;
        };
        /** @description A group: users who share roles. */
        GroupInfo: {
            /** @description What it is for. */
            description: string;
            /**
             * Format: int64
             * @description Its number.
             */
            id: number;
            /** @description Its name. */
            name: string;
            /** @description Roles every member has. */
            roleIds: number[];
        };
        /** @description How an application is now. */
        Health: {
            /**
             * Format: int64
             * @description Open critical violations.
             */
            critical: number;
            /** @description Everything that violates a rule now, and how badly. What is not here is well. */
            entities: components["schemas"]["EntityHealth"][];
            /**
             * Format: int64
             * @description Open warnings.
             */
            warning: number;
        };
        /** @description A name that is counted under All Other Traffic. */
        HiddenNameInfo: {
            /**
             * Format: int64
             * @description Calls it certainly had.
             */
            calls: number;
            /** @description The name it would have when it is promoted. */
            name: string;
        };
        /** @description What was usual in one hour. */
        HourOfBaseline: {
            /**
             * Format: double
             * @description The deviation.
             */
            deviation: number | null;
            /**
             * Format: int64
             * @description Hours it was made of.
             */
            samples: number;
            /**
             * Format: int64
             * @description The hour's start.
             */
            startMs: number;
            /**
             * Format: double
             * @description The average; null when fewer than four hours like it had data.
             */
            value: number | null;
        };
        /** @description What comes in. */
        IngestStatus: {
            /**
             * Format: int64
             * @description Requests of this account written since the start.
             */
            accepted: number;
            /**
             * Format: int64
             * @description Requests of this account told to come back since the start.
             */
            deferred: number;
            /**
             * Format: int64
             * @description Bytes they hold.
             */
            memoryBytes: number;
            /**
             * Format: int64
             * @description Bytes they may hold.
             */
            memoryLimitBytes: number;
            /**
             * Format: int64
             * @description Requests arriving or worked on.
             */
            open: number;
            /**
             * Format: int64
             * @description Requests of this account refused for good since the start.
             */
            refused: number;
            /**
             * Format: int64
             * @description Requests being decoded or written.
             */
            running: number;
            /**
             * Format: int64
             * @description Requests waiting for their turn.
             */
            waiting: number;
        };
        /** @description User data. */
        KeyValue: {
            /** @description The key. */
            key: string;
            /** @description The value. */
            value: string;
        };
        /** @description What began must end, and what ended must be in the numbers. */
        LedgerInfo: {
            /** @description Whether the numbers add up. */
            balanced: boolean;
            /**
             * Format: int64
             * @description Segments begun, those that were running when the time began included: `ended + inFlight` when balanced.
             */
            begun: number;
            /**
             * Format: int64
             * @description Segments ended.
             */
            ended: number;
            /**
             * Format: int64
             * @description Segments running at the end.
             */
            inFlight: number;
        };
        /** @description Whether new business transactions get a line of their own, or are All Other Traffic until somebody promotes them. */
        LockDownInfo: {
            /** @description None come: somebody wants it, or there are as many as there may be. */
            active: boolean;
            /**
             * Format: int64
             * @description How many there are.
             */
            bts: number;
            /**
             * Format: int64
             * @description How many there may be (`limits.application_bts_max`).
             */
            btsMax: number;
            /** @description Somebody wants no new ones (`lock_down` of the agent configuration). */
            wanted: boolean;
        };
        /** @description Who is in. */
        LoginAnswer: {
            /** @description The account. */
            account: string;
            /** @description The user's name. */
            user: string;
        };
        /** @description How one can log in. */
        LoginOptions: {
            /** @description Whether there is an OpenID Connect provider: `GET /api/login/oidc` begins. */
            openIdConnect: boolean;
        };
        /** @description Who wants in. */
        LoginRequest: {
            /** @description The account; `customer1` when absent. */
            account?: string | null;
            /** @description The password. */
            password: string;
            /** @description The user's name (`admin`). */
            user: string;
        };
        /** @description An event, or a violation from its begin to its end. */
        MarkerInfo: {
            /** @description What it is about. */
            affectedEntities: components["schemas"]["EntityInfo"][];
            /**
             * Format: int64
             * @description Until when; null for an event and while a violation is open.
             */
            endMs: number | null;
            /**
             * Format: int64
             * @description The event's or violation's id.
             */
            id: number;
            /** @description `EVENT` or `VIOLATION`. */
            kind: string;
            /** @description `INFO`, `WARN` or `ERROR`. */
            severity: string;
            /**
             * Format: int64
             * @description When.
             */
            startMs: number;
            /** @description One sentence. */
            summary: string;
            /** @description The event's type; `POLICY_OPEN_WARNING` or `POLICY_OPEN_CRITICAL` for a violation. */
            type: string;
        };
        /** @description The markers of a chart. */
        MarkerList: {
            /** @description By start; the newest 500 when there are more. */
            markers: components["schemas"]["MarkerInfo"][];
            /** @description Whether there were more. */
            truncated: boolean;
        };
        /** @description The numbers of the metrics a path matches. */
        MetricDataAnswer: {
            /**
             * Format: int64
             * @description How many metrics the path matches; not more than 50 of them are here.
             */
            matched: number;
            /** @description The metrics. */
            metrics: components["schemas"]["MetricNumbers"][];
        };
        /** @description Something in a folder. */
        MetricEntry: {
            /** @description Whether it is a folder; else a metric. */
            folder: boolean;
            /** @description Its name. */
            name: string;
            /** @description Its whole path, ready to be asked for. */
            path: string;
        };
        /** @description The numbers of one metric. */
        MetricNumbers: {
            /** @description Its path. */
            path: string;
            /** @description Points that have data, by time. */
            points: components["schemas"]["MetricPoint"][];
            /**
             * Format: int64
             * @description The length of a point.
             */
            stepMs: number;
        };
        /** @description One point. */
        MetricPoint: {
            /**
             * Format: int64
             * @description What the sum is to be divided by.
             */
            count: number;
            /**
             * Format: int64
             * @description The largest.
             */
            max: number;
            /**
             * Format: int64
             * @description The smallest observation.
             */
            min: number;
            /**
             * Format: int64
             * @description The sum of all observations.
             */
            sum: number;
            /**
             * Format: int64
             * @description Its start.
             */
            t: number;
            /**
             * Format: int64
             * @description The value: whole milliseconds, calls per minute or a number of calls, as in the public REST API.
             */
            value: number;
        };
        /** @description A business transaction. */
        NamedBt: {
            /**
             * Format: int64
             * @description Its id.
             */
            id: number;
            /** @description Its name. */
            name: string;
            /**
             * Format: int64
             * @description Its tier.
             */
            tierId: number;
        };
        /** @description A name with its value. */
        NameValue: {
            /** @description In the caller's spelling. */
            name: string;
            /** @description Its value. */
            value: string;
        };
        /** @description One node. */
        NodeRow: {
            /** @description The agents that spoke for it, newest first: one per process life. */
            agents: components["schemas"]["AgentInfo"][];
            /** @description The agent's version. */
            agentVersion: string;
            /**
             * Format: double
             * @description Average duration; null without calls.
             */
            averageMs: number | null;
            /**
             * Format: int64
             * @description Segments it executed in the asked time.
             */
            calls: number;
            /** @description What its processes and the agents in them used in the asked time. */
            cost: components["schemas"]["CostInfo"];
            /**
             * Format: int64
             * @description Segments in error.
             */
            errors: number;
            /**
             * Format: int64
             * @description When it was first heard of.
             */
            firstSeen: number;
            /** @description The machine's name. */
            hostName: string;
            /**
             * Format: int64
             * @description Its id.
             */
            id: number;
            /** @description `python`, `nodejs`, `rust` or `other`. */
            language: string;
            /**
             * Format: int64
             * @description When it was last heard of.
             */
            lastSeen: number;
            /** @description The conservation line of the asked time. */
            ledger: components["schemas"]["LedgerInfo"];
            /** @description Its name. */
            name: string;
            /**
             * Format: int32
             * @description The process that reported last.
             */
            processId: number;
            /** @description The runtime's version (`3.11.7`). */
            runtimeVersion: string;
            /**
             * Format: int64
             * @description Its tier.
             */
            tierId: number;
            /** @description Its tier's name. */
            tierName: string;
        };
        /** @description A new password. */
        PasswordRequest: {
            /** @description The present one; needed to change one's own from the page. */
            currentPassword?: string | null;
            /** @description The new password, at least 12 characters. */
            password: string;
            /** @description Whose; a user that is not there is made, when an administrator asks. */
            user: string;
        };
        /**
         * @description One thing that somebody may or may not do within an account.
         * @enum {string}
         */
        Permission: "view-applications" | "view-snapshots" | "create-events" | "configure-applications" | "configure-alerting" | "manage-applications" | "manage-access-keys" | "manage-users" | "view-audit" | "manage-settings" | "manage-accounts";
        /**
         * @description How the connection to the server is protected.
         * @enum {string}
         */
        Protection: "starttls" | "tls" | "none";
        /**
         * @description Who says that a user is who they say.
         * @enum {string}
         */
        Provider: "INTERNAL" | "OIDC";
        /** @description A request that was kept. */
        RecentRequest: {
            /** @description The name it was measured under. */
            btName: string;
            /** @description Its snapshot. */
            guid: string;
            /** @description What it is and would be called. */
            names: components["schemas"]["RequestNames"];
            /** @description Whether only that name is known and stands for the path. */
            onlyName: boolean;
            /**
             * Format: int64
             * @description When it began.
             */
            start: number;
            /**
             * Format: int64
             * @description The tier it entered.
             */
            tierId: number;
        };
        /** @description A name that is reported under another one. */
        ReplacedNameInfo: {
            /** @description What the program passed. */
            given: string;
            /** @description What is reported. */
            reported: string;
        };
        /** @description What a request is called, and would be. */
        RequestNames: {
            /** @description `GET`, …; empty when it is not known. */
            method: string;
            /** @description By the rules that are written; null when it is no business transaction. */
            now: string | null;
            /** @description Its path. */
            path: string;
            /** @description By the rules that are tried; null when it would be none. */
            then: string | null;
        };
        /** @description How long what is kept, in days. Set where the controller is started (docs/guide/controller.md). */
        RetentionDays: {
            /**
             * Format: int64
             * @description Who did what.
             */
            audit: number;
            /**
             * Format: int64
             * @description Events and violations.
             */
            events: number;
            /**
             * Format: int64
             * @description One-hour sums.
             */
            hours: number;
            /**
             * Format: int64
             * @description One-minute numbers.
             */
            minutes: number;
            /**
             * Format: int64
             * @description Snapshots that are not archived.
             */
            snapshots: number;
            /**
             * Format: int64
             * @description Ten-minute sums.
             */
            tenMinutes: number;
        };
        /** @description What can be said about a role. What is absent stays as it is. */
        RoleChangeRequest: {
            /**
             * @description What it is for.
             * @default null
             */
            description: string | null;
            /**
             * @description Its name.
             * @default null
             */
            name: string | null;
            /**
             * @description All its permissions.
             * @default null
             */
            permissions: components["schemas"]["Permission"][] | null;
        };
        /** @description A role: a named set of permissions. */
        RoleInfo: {
            /** @description Whether every account has it and nobody can change it. */
            builtIn: boolean;
            /** @description What it is for. */
            description: string;
            /**
             * Format: int64
             * @description Its number.
             */
            id: number;
            /** @description Its name. */
            name: string;
            /** @description What its holders may do. */
            permissions: components["schemas"]["Permission"][];
        };
        /** @description A version to bring back. */
        RollBackRequest: {
            /**
             * Format: int64
             * @description Which.
             */
            version: number;
        };
        /** @description One number each. */
        Scorecard: {
            /**
             * Format: double
             * @description Average; null without calls.
             */
            averageMs: number | null;
            /**
             * Format: int64
             * @description Executions, or exit calls when a backend is asked for.
             */
            calls: number;
            /**
             * Format: double
             * @description Calls per minute of the asked time.
             */
            callsPerMinute: number;
            /**
             * Format: int64
             * @description In error.
             */
            errors: number;
            /**
             * Format: double
             * @description Longest; null without calls.
             */
            maxMs: number | null;
            /**
             * Format: double
             * @description Shortest; null without calls.
             */
            minMs: number | null;
            /**
             * Format: double
             * @description Half were faster.
             */
            p50: number | null;
            /**
             * Format: double
             * @description 95 of 100 were faster.
             */
            p95: number | null;
            /**
             * Format: double
             * @description 99 of 100 were faster.
             */
            p99: number | null;
            /** @description How they went. */
            verdicts: components["schemas"]["Verdicts"];
        };
        /** @description Numbers over time. */
        Series: {
            /**
             * Format: int64
             * @description Start of the first step.
             */
            from: number;
            /** @description One point per step, steps without calls included. */
            points: components["schemas"]["SeriesPoint"][];
            /**
             * Format: int64
             * @description Length of a step.
             */
            stepMs: number;
            /**
             * Format: int64
             * @description End of the last step.
             */
            to: number;
        };
        /** @description What was usual for the three numbers of a chart, by the hour. */
        SeriesBaseline: {
            /** @description Average duration, milliseconds. */
            averageMs: components["schemas"]["HourOfBaseline"][];
            /** @description Calls per minute. */
            callsPerMinute: components["schemas"]["HourOfBaseline"][];
            /** @description Errors per minute. */
            errorsPerMinute: components["schemas"]["HourOfBaseline"][];
        };
        /** @description One step. */
        SeriesPoint: {
            /**
             * Format: double
             * @description Average; null without calls.
             */
            averageMs: number | null;
            /**
             * Format: int64
             * @description Calls.
             */
            calls: number;
            /**
             * Format: int64
             * @description Calls in error.
             */
            errors: number;
            /**
             * Format: double
             * @description Longest; null without calls.
             */
            maxMs: number | null;
            /**
             * Format: double
             * @description Shortest; null without calls.
             */
            minMs: number | null;
            /**
             * Format: double
             * @description Half were faster.
             */
            p50: number | null;
            /**
             * Format: double
             * @description 95 of 100 were faster.
             */
            p95: number | null;
            /**
             * Format: double
             * @description 99 of 100 were faster.
             */
            p99: number | null;
            /**
             * Format: int64
             * @description Start of the step.
             */
            t: number;
            /** @description How they went. */
            verdicts: components["schemas"]["Verdicts"];
        };
        /** @description The session of the cookie that was sent. */
        SessionAnswer: {
            /** @description The account. */
            account: string;
            /** @description Goes into the header `X-CSRF-TOKEN` of every POST. */
            csrfToken: string;
            /** @description What the user may do. */
            permissions: components["schemas"]["Permission"][];
            /** @description The user's name. */
            user: string;
        };
        /** @description A session. */
        SessionInfo: {
            /**
             * Format: int64
             * @description The business transaction; null for all.
             */
            btId: number | null;
            /** @description `MANUAL`, `SLOW`, `ERROR` or `POLICY`. */
            cause: string;
            /**
             * Format: int64
             * @description When it ends, or ended.
             */
            endsAtMs: number;
            /** @description Names the session. */
            guid: string;
            /** @description Its name for people. */
            name: string;
            /** @description Whether it runs. */
            running: boolean;
            /**
             * Format: int64
             * @description Snapshots per agent.
             */
            snapshotsMax: number;
            /** @description Who started it. */
            startedBy: string;
            /**
             * Format: int64
             * @description When it began.
             */
            startedMs: number;
        };
        /** @description A session to start. */
        SessionRequest: {
            /**
             * Format: int64
             * @description The business transaction; all when absent.
             */
            btId?: number | null;
            /**
             * Format: int32
             * @description How long, 1 to 1,440 minutes.
             */
            minutes: number;
            /** @description Its name for people. */
            name?: string;
            /**
             * Format: int64
             * @description Snapshots per agent; 100 when absent.
             */
            snapshotsMax?: number | null;
        };
        /** @description What a program needs to report here. */
        SetupAnswer: {
            /** @description An access key to report with; null for users who may not see it. */
            accessKeyShown: string | null;
            /** @description The account. */
            account: string;
            /** @description Host and port as the page's own address has them (`127.0.0.1:8090`). */
            listen: string;
        };
        /** @description One kept execution over all its tiers. */
        Snapshot: {
            /** @description Whether it is kept for ever. */
            archived: boolean;
            /** @description The backends its exit calls called; exit calls name them by their place here. */
            backends: components["schemas"]["SnapshotBackend"][];
            /**
             * Format: int64
             * @description The business transaction.
             */
            btId: number;
            /** @description Its name. */
            btName: string;
            /**
             * Format: double
             * @description From the first start to the last end.
             */
            durationMs: number;
            /** @description The request. */
            guid: string;
            /** @description Its segments by start. */
            segments: components["schemas"]["SnapshotSegment"][];
            /**
             * Format: int64
             * @description When it started.
             */
            start: number;
            /** @description The originating segment's verdict (of the earliest segment when that one was not kept). */
            verdict: string;
        };
        /** @description A backend an execution called. */
        SnapshotBackend: {
            /** @description `HTTP`, `DB`, `CACHE`, `QUEUE`, `CUSTOM`, …. */
            exitType: string;
            /**
             * Format: int64
             * @description Its id.
             */
            id: number;
            /** @description Its name. */
            name: string;
            /** @description What identifies it. */
            properties: components["schemas"]["NameValue"][];
        };
        /** @description One exit call. An execution may have 50,000 of them: what says nothing is left out. */
        SnapshotExitCall: {
            /** @description The backend called: its place among the snapshot's `backends`. */
            backend: number;
            /** @description The label given for this call. */
            displayName: string;
            /**
             * Format: double
             * @description How long it took.
             */
            durationMs: number;
            /** @description Whether its end was seen. */
            ended: boolean;
            /** @description Its errors; left out when it has none. */
            errors: components["schemas"]["ErrorInfo"][];
            /**
             * Format: double
             * @description Milliseconds after the snapshot's start.
             */
            offsetMs: number;
            /** @description URL, SQL text …; left out when not given. */
            operation: string;
            /** @description What was added for this call; left out when nothing was. */
            optionalProperties: components["schemas"]["NameValue"][];
            /** @description Its number in the request's chain. */
            sequence: string;
            /** @description Its span. */
            spanId: string;
            /** @description The segment it reached, when it was kept. */
            toSpanId: string | null;
            /**
             * Format: int64
             * @description The tier it reached, when a segment there was kept or the backend is known to be that tier.
             */
            toTierId: number | null;
            /** @description That tier's name. */
            toTierName: string | null;
        };
        /** @description One page of the list, newest first. */
        SnapshotPage: {
            /** @description The snapshots. */
            items: components["schemas"]["SnapshotRow"][];
            /** @description Where to go on; null at the end. */
            next: string | null;
        };
        /** @description One line of the list. */
        SnapshotRow: {
            /** @description Whether it is kept for ever. */
            archived: boolean;
            /**
             * Format: int64
             * @description The business transaction.
             */
            btId: number;
            /** @description Its name. */
            btName: string;
            /**
             * Format: double
             * @description How long it took.
             */
            durationMs: number;
            /**
             * Format: int64
             * @description How many errors, those of exit calls included.
             */
            errors: number;
            /** @description Type and message of the first error; empty when none. */
            errorSummary: string;
            /**
             * Format: int64
             * @description How many exit calls it has.
             */
            exitCalls: number;
            /** @description Whether it is the originating segment. */
            firstInChain: boolean;
            /** @description The request. */
            guid: string;
            /**
             * Format: int64
             * @description The node.
             */
            nodeId: number;
            /** @description Its name. */
            nodeName: string;
            /** @description Why it was kept (`SLA_FAILURE`, `ERROR_SAMPLING`, `TIME_SAMPLING`, …). */
            policy: string;
            /** @description The segment. */
            spanId: string;
            /**
             * Format: int64
             * @description When it started.
             */
            start: number;
            /**
             * Format: int64
             * @description The tier.
             */
            tierId: number;
            /** @description Its name. */
            tierName: string;
            /** @description `NORMAL`, `SLOW`, `VERY_SLOW`, `STALL` or `ERROR`. */
            verdict: string;
        };
        /** @description What one tier did. */
        SnapshotSegment: {
            /** @description Whether it never ended by itself. */
            abandoned: boolean;
            /**
             * Format: int64
             * @description The application.
             */
            appId: number;
            /** @description The business transaction's name. */
            btName: string;
            /**
             * Format: double
             * @description CPU time of the thread; null when not known.
             */
            cpuMs: number | null;
            /**
             * Format: double
             * @description How long it took.
             */
            durationMs: number;
            /** @description Its errors. */
            errors: components["schemas"]["ErrorInfo"][];
            /** @description Exit calls in the order begun. */
            exitCalls: components["schemas"]["SnapshotExitCall"][];
            /**
             * Format: int64
             * @description Exit calls whose details exceeded the agent's limit.
             */
            exitCallsDropped: number;
            /** @description Whether it was still running when it was reported. */
            inFlight: boolean;
            /** @description `internal`, `server` or `consumer`. */
            kind: string;
            /**
             * Format: int64
             * @description The node.
             */
            nodeId: number;
            /** @description Its name. */
            nodeName: string;
            /**
             * Format: double
             * @description Milliseconds after the snapshot's start.
             */
            offsetMs: number;
            /** @description The exit call that led here. */
            parentSpanId: string | null;
            /** @description Why it was kept. */
            policy: string;
            /** @description Empty at the root, else the sequence of the exit call that led here (`1|2`). */
            sequence: string;
            /** @description This segment's span. */
            spanId: string;
            /**
             * Format: double
             * @description When it started, with fractions.
             */
            start: number;
            /** @description The thread it began on. */
            thread: string;
            /** @description What it was measured against. */
            thresholds: components["schemas"]["ThresholdsInfo"];
            /**
             * Format: int64
             * @description The tier.
             */
            tierId: number;
            /** @description Its name. */
            tierName: string;
            /** @description User data in the order given. */
            userData: components["schemas"]["KeyValue"][];
            /** @description `NORMAL`, `SLOW`, `VERY_SLOW`, `STALL` or `ERROR`. */
            verdict: string;
        };
        /** @description A small line over the asked time, one value per step. */
        Spark: {
            /** @description Average duration per step; null where there were no calls. */
            averageMs: (number | null)[];
            /** @description Calls per step. */
            calls: number[];
            /** @description Errors per step. */
            errors: number[];
            /**
             * Format: int64
             * @description Start of the first step.
             */
            from: number;
            /**
             * Format: int64
             * @description Length of a step.
             */
            stepMs: number;
        };
        /** @description Hours of silence after which things are left out of lists; 0 is never. */
        StalenessHours: {
            /**
             * Format: int64
             * @description Applications.
             */
            applicationHours: number;
            /**
             * Format: int64
             * @description Backends that are no tier.
             */
            backendHours: number;
            /**
             * Format: int64
             * @description Business transactions.
             */
            btHours: number;
            /**
             * Format: int64
             * @description Nodes.
             */
            nodeHours: number;
            /**
             * Format: int64
             * @description Tiers.
             */
            tierHours: number;
        };
        /** @description How the controller itself is. */
        StatusAnswer: {
            /** @description What comes in. */
            ingest: components["schemas"]["IngestStatus"];
            /**
             * Format: int64
             * @description When it started.
             */
            started: number;
            /** @description Whether it can keep what is reported. */
            store: components["schemas"]["StoreStatus"];
            /** @description Its version. */
            version: string;
        };
        /** @description Whether the controller can keep what is reported. */
        StoreStatus: {
            /**
             * Format: int64
             * @description Bytes of all its files.
             */
            bytes: number;
            /** @description Damaged files that were put aside since the start. */
            damagedFiles: string[];
            /**
             * Format: int64
             * @description Bytes free on its disk.
             */
            diskFreeBytes: number;
            /**
             * Format: int64
             * @description Bytes they may have; null without a limit.
             */
            limitBytes: number | null;
            /**
             * Format: int64
             * @description Days of minute or ten-minute numbers dropped before their time since the start, for the same reason.
             */
            metricDaysDroppedForRoom: number;
            /** @description Why not; null when it can. */
            reason: string | null;
            /** @description How long what is kept. */
            retention: components["schemas"]["RetentionDays"];
            /**
             * Format: int64
             * @description Since when not; null when it can.
             */
            since: number | null;
            /**
             * Format: int64
             * @description Snapshots dropped before their time since the start, to keep below the limit.
             */
            snapshotsDroppedForRoom: number;
            /** @description Why packing or dropping of old data failed the last time; null when it did not. */
            upkeepProblem: string | null;
            /** @description False while nothing can be written: what is there is still shown, and senders are told to come back. */
            writable: boolean;
        };
        /** @description Thresholds in force; null means never. */
        ThresholdsInfo: {
            /**
             * Format: double
             * @description Slow above.
             */
            slowMs: number | null;
            /**
             * Format: double
             * @description Stalled above.
             */
            stallMs: number | null;
            /**
             * Format: double
             * @description Very slow above.
             */
            verySlowMs: number | null;
        };
        /** @description A tier. */
        TierInfo: {
            /** @description The name of its kind of agent in the REST API (`PYTHON_APP_AGENT`). */
            agentType: string;
            /**
             * Format: int64
             * @description Its id.
             */
            id: number;
            /** @description `python`, `nodejs`, `rust` or `other`. */
            language: string;
            /** @description Its name. */
            name: string;
            /**
             * Format: int64
             * @description How many nodes it has.
             */
            nodes: number;
        };
        /** @description What the change would do. */
        TrialAnswer: {
            /** @description What agents would be told. */
            effective: Record<string, never>;
            /**
             * @description Requests that were kept in the time, each method and path once, newest first; empty for those who may not see
             *     snapshots.
             */
            recent: components["schemas"]["RecentRequest"][];
            /** @description Those that were typed, in their order. */
            typed: components["schemas"]["RequestNames"][];
        };
        /** @description A change to try. */
        TrialRequest: {
            /** @description What would differ, as a JSON merge patch. */
            patch: Record<string, never>;
            /** @description Requests to try it on besides those that were kept, at most 20. */
            requests?: components["schemas"]["TypedRequest"][];
        };
        /** @description A request somebody typed. */
        TypedRequest: {
            /** @description The kind of agent: `PYTHON_WEB`, `NODEJS_WEB` (when absent), `RUST_WEB` or `OPEN_TELEMETRY`. */
            entryType?: string | null;
            /** @description Headers, at most 20. */
            headers?: {
                [key: string]: string;
            };
            /** @description `GET`, …. */
            method?: string;
            /** @description The path with its query; a whole URL is understood. */
            url: string;
        };
        /** @description What can be said about a user. What is absent stays as it is. */
        UserChangeRequest: {
            /**
             * @description What people call them.
             * @default null
             */
            displayName: string | null;
            /**
             * @description Where to write to.
             * @default null
             */
            email: string | null;
            /**
             * @description Whether they may log in.
             * @default null
             */
            enabled: boolean | null;
            /**
             * @description All groups they are in.
             * @default null
             */
            groupIds: number[] | null;
            /**
             * @description The name to log in with.
             * @default null
             */
            name: string | null;
            /**
             * @description A new password; it ends all sessions of the user.
             * @default null
             */
            password: string | null;
            /**
             * @description All roles of their own.
             * @default null
             */
            roleIds: number[] | null;
        };
        /** @description A user. */
        UserInfo: {
            /** @description What people call them. */
            displayName: string;
            /** @description Where to write to. */
            email: string;
            /** @description Whether they may log in. */
            enabled: boolean;
            /** @description Groups they are in, whose roles they have too. */
            groupIds: number[];
            /**
             * Format: int64
             * @description The number within the account.
             */
            id: number;
            /** @description The name to log in with. */
            name: string;
            /** @description What they may do in the end. */
            permissions: components["schemas"]["Permission"][];
            /** @description Who knows them. */
            provider: components["schemas"]["Provider"];
            /** @description Their own roles. */
            roleIds: number[];
        };
        /** @description How many executions had which verdict. Their sum is the number of calls. */
        Verdicts: {
            /**
             * Format: int64
             * @description In error.
             */
            error: number;
            /**
             * Format: int64
             * @description Normal.
             */
            normal: number;
            /**
             * Format: int64
             * @description Slow.
             */
            slow: number;
            /**
             * Format: int64
             * @description Stalled.
             */
            stall: number;
            /**
             * Format: int64
             * @description Very slow.
             */
            verySlow: number;
        };
        /** @description A violation of a health rule. */
        ViolationInfo: {
            /** @description What violates the rule. */
            affected: components["schemas"]["EntityInfo"];
            /** @description Why, in sentences. */
            description: string;
            /**
             * Format: int64
             * @description When it was noticed.
             */
            detectedMs: number;
            /**
             * Format: int64
             * @description When it ended; null while it is open.
             */
            endMs: number | null;
            /**
             * Format: int64
             * @description Its id.
             */
            id: number;
            /**
             * Format: int64
             * @description The rule's id.
             */
            ruleId: number;
            /** @description The rule's name. */
            ruleName: string;
            /** @description `WARNING` or `CRITICAL`. */
            severity: string;
            /**
             * Format: int64
             * @description When the data began that showed it.
             */
            startMs: number;
            /** @description `OPEN`, `RESOLVED` or `CANCELED`. */
            status: string;
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    access_keys_list: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AccessKeyInfo"][];
                };
            };
            /** @description Not logged in. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Not an administrator. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Too many requests; come back later. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The store is away. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
        };
    };
    access_keys_add: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AccessKeyRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AccessKeyInfo"];
                };
            };
            /** @description Not usable as a key. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Not logged in. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Not an administrator. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The body is not application/json. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The body is not what the call takes. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Too many requests; come back later. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The store is away. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
        };
    };
    access_keys_one: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The key's short name. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AccessKeyInfo"];
                };
            };
            /** @description It is asked wrongly; the answer says how. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Not logged in. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Not an administrator. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description No such thing. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Too many requests; come back later. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The store is away. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
        };
    };
    access_keys_revoke: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The key's short name. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description It is asked wrongly; the answer says how. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Not logged in. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Not an administrator. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description No such thing. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Too many requests; come back later. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The store is away. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
        };
    };
    accounts_list: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AccountInfo"][];
                };
            };
            /** @description Not logged in. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Too many requests; come back later. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The store is away. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
        };
    };
    accounts_add: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AccountRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AccountInfo"];
                };
            };
            /** @description Not readable, or not a name or password. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Not logged in. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The name is taken. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The body is not application/json. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The body is not what the call takes. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Too many requests; come back later. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The store is away. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
        };
    };
    accounts_change: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Its name. */
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AccountChangeRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AccountInfo"];
                };
            };
            /** @description Not readable. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Not logged in. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description No such thing. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The account system stays as it is. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The body is not application/json. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The body is not what the call takes. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Too many requests; come back later. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The store is away. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
        };
    };
    api_clients_list: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApiClientInfo"][];
                };
            };
            /** @description Not logged in. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Too many requests; come back later. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The store is away. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
        };
    };
    api_clients_add: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ApiClientChangeRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApiClientSecret"];
                };
            };
            /** @description Not readable. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Not logged in. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description It names a role that is not there. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The name is taken. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The body is not application/json. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The body is not what the call takes. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Too many requests; come back later. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The store is away. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
        };
    };
    api_clients_change: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Its number. */
                id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ApiClientChangeRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApiClientInfo"];
                };
            };
            /** @description Not readable. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Not logged in. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description No such thing. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The name is taken, or this one stays as it is. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The body is not application/json. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The body is not what the call takes. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Too many requests; come back later. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The store is away. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
        };
    };
    api_clients_remove: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Its number. */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description It is asked wrongly; the answer says how. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Not logged in. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description No such thing. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description This one stays. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Too many requests; come back later. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The store is away. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
        };
    };
    api_clients_renew: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Its number. */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApiClientSecret"];
                };
            };
            /** @description It is asked wrongly; the answer says how. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Not logged in. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description No such thing. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Too many requests; come back later. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The store is away. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
        };
    };
    api_clients_revoke: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Its number. */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description It is asked wrongly; the answer says how. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Not logged in. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description No such thing. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Too many requests; come back later. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The store is away. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
        };
    };
    applications_list: {
        parameters: {
            query?: {
                /**
                 * @description Milliseconds since 1970, inclusive; one hour before `to` when absent. Of more than six hours, the whole ten
                 *     minutes it is in.
                 */
                from?: number;
                /** @description Milliseconds since 1970, exclusive; now when absent. */
                to?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApplicationRow"][];
                };
            };
            /** @description It is asked wrongly; the answer says how. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Not logged in. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Too many requests; come back later. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The store is away. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
        };
    };
    applications_one: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Its id. */
                app: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApplicationDetails"];
                };
            };
            /** @description It is asked wrongly; the answer says how. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Not logged in. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description No such thing. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Too many requests; come back later. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The store is away. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
        };
    };
    agent_configuration: {
        parameters: {
            query?: {
                /** @description The tier; the application when absent. */
                tier?: number;
            };
            header?: never;
            path: {
                /** @description Its id. */
                app: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Configuration"];
                };
            };
            /** @description The query cannot be read. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Not logged in. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Too many requests; come back later. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The store is away. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
        };
    };
    agent_configuration_put: {
        parameters: {
            query?: {
                /** @description The tier; the application when absent. */
                tier?: number;
            };
            header?: never;
            path: {
                /** @description Its id. */
                app: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ConfigurationRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Configuration"];
                };
            };
            /** @description It cannot be used. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Not logged in. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Somebody else changed it. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The body is not application/json. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The body is not what the call takes. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Too many requests; come back later. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The store is away. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
        };
    };
    agent_configuration_history: {
        parameters: {
            query?: {
                /** @description The tier; the application when absent. */
                tier?: number;
            };
            header?: never;
            path: {
                /** @description Its id. */
                app: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ConfigurationVersion"][];
                };
            };
            /** @description The query cannot be read. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Not logged in. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Too many requests; come back later. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The store is away. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
        };
    };
    agent_configuration_roll_back: {
        parameters: {
            query?: {
                /** @description The tier; the application when absent. */
                tier?: number;
            };
            header?: never;
            path: {
                /** @description Its id. */
                app: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RollBackRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Configuration"];
                };
            };
            /** @description It cannot be used. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Not logged in. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The version is not kept any more. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The body is not application/json. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The body is not what the call takes. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Too many requests; come back later. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The store is away. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
        };
    };
    agent_configuration_trial: {
        parameters: {
            query?: {
                /**
                 * @description Milliseconds since 1970, inclusive; one hour before `to` when absent. Of more than six hours, the whole ten
                 *     minutes it is in.
                 */
                from?: number;
                /** @description The tier; the application when absent. */
                tier?: number;
                /** @description Milliseconds since 1970, exclusive; now when absent. */
                to?: number;
            };
            header?: never;
            path: {
                /** @description Its id. */
                app: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TrialRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TrialAnswer"];
                };
            };
            /** @description It cannot be used; the answer names the key at fault. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Not logged in. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The body is not application/json. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The body is not what the call takes. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Too many requests; come back later. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The store is away. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
        };
    };
    alerting_list: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Its id. */
                app: number;
                /** @description health-rules, policies, actions, schedules, action-suppressions or health-rule-suppressions. */
                kind: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AlertingObject"][];
                };
            };
            /** @description It is asked wrongly; the answer says how. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Not logged in. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description No such thing. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Too many requests; come back later. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The store is away. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
        };
    };
    alerting_create: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Its id. */
                app: number;
                /** @description health-rules, policies, actions, schedules, action-suppressions or health-rule-suppressions. */
                kind: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AlertingRequest"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AlertingObject"];
                };
            };
            /** @description It cannot be used. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Not logged in. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description No such thing. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Its name is taken. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The body is not application/json. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The body is not what the call takes. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Too many requests; come back later. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The store is away. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
        };
    };
    alerting_one: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Its id. */
                app: number;
                /** @description Its id. */
                id: number;
                /** @description health-rules, policies, actions, schedules, action-suppressions or health-rule-suppressions. */
                kind: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AlertingObject"];
                };
            };
            /** @description It is asked wrongly; the answer says how. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Not logged in. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description No such thing. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Too many requests; come back later. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The store is away. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
        };
    };
    alerting_update: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Its id. */
                app: number;
                /** @description Its id. */
                id: number;
                /** @description health-rules, policies, actions, schedules, action-suppressions or health-rule-suppressions. */
                kind: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AlertingRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AlertingObject"];
                };
            };
            /** @description It cannot be used. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Not logged in. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description No such thing. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Its name is taken, or somebody else changed it. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The body is not application/json. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The body is not what the call takes. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Too many requests; come back later. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The store is away. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
        };
    };
    alerting_delete: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Its id. */
                app: number;
                /** @description Its id. */
                id: number;
                /** @description health-rules, policies, actions, schedules, action-suppressions or health-rule-suppressions. */
                kind: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description It is asked wrongly; the answer says how. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Not logged in. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description No such thing. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Too many requests; come back later. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The store is away. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
        };
    };
    alerting_test_action: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Its id. */
                app: number;
                /** @description The action's id. */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ActionOutcome"];
                };
            };
            /** @description It is asked wrongly; the answer says how. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Not logged in. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description No such thing. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Too many requests; come back later. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The store is away. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
        };
    };
    backends_list: {
        parameters: {
            query?: {
                /**
                 * @description Milliseconds since 1970, inclusive; one hour before `to` when absent. Of more than six hours, the whole ten
                 *     minutes it is in.
                 */
                from?: number;
                /** @description Milliseconds since 1970, exclusive; now when absent. */
                to?: number;
            };
            header?: never;
            path: {
                /** @description Its id. */
                app: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BackendRow"][];
                };
            };
            /** @description It is asked wrongly; the answer says how. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Not logged in. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description No such thing. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Too many requests; come back later. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The store is away. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
        };
    };
    backends_one: {
        parameters: {
            query?: {
                /**
                 * @description Milliseconds since 1970, inclusive; one hour before `to` when absent. Of more than six hours, the whole ten
                 *     minutes it is in.
                 */
                from?: number;
                /** @description Milliseconds since 1970, exclusive; now when absent. */
                to?: number;
            };
            header?: never;
            path: {
                /** @description Its id. */
                app: number;
                /** @description Its id. */
                backend: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BackendDetails"];
                };
            };
            /** @description It is asked wrongly; the answer says how. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Not logged in. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description No such thing. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Too many requests; come back later. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The store is away. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
        };
    };
    backend_decide: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Its id. */
                app: number;
                /** @description Its id. */
                backend: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["BackendDecisionRequest"];
            };
        };
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description It cannot be done. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Not logged in. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description No such thing. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The body is not application/json. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The body is not what the call takes. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Too many requests; come back later. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The store is away. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
        };
    };
    baseline: {
        parameters: {
            query: {
                /**
                 * @description Milliseconds since 1970, inclusive; one hour before `to` when absent. Of more than six hours, the whole ten
                 *     minutes it is in.
                 */
                from?: number;
                /** @description The metric's whole path (`Overall Application Performance|Average Response Time (ms)`). */
                metricPath: string;
                /** @description Milliseconds since 1970, exclusive; now when absent. */
                to?: number;
                /** @description `weekly` (when absent), `daily` or `all`. */
                trend?: string;
            };
            header?: never;
            path: {
                /** @description Its id. */
                app: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HourOfBaseline"][];
                };
            };
            /** @description The path cannot be read. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Not logged in. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Too many requests; come back later. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The store is away. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
        };
    };
    business_transactions_list: {
        parameters: {
            query?: {
                /**
                 * @description Milliseconds since 1970, inclusive; one hour before `to` when absent. Of more than six hours, the whole ten
                 *     minutes it is in.
                 */
                from?: number;
                /** @description Milliseconds since 1970, exclusive; now when absent. */
                to?: number;
            };
            header?: never;
            path: {
                /** @description Its id. */
                app: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BusinessTransactionRow"][];
                };
            };
            /** @description It is asked wrongly; the answer says how. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Not logged in. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description No such thing. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Too many requests; come back later. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The store is away. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
        };
    };
    business_transactions_one: {
        parameters: {
            query?: {
                /**
                 * @description Milliseconds since 1970, inclusive; one hour before `to` when absent. Of more than six hours, the whole ten
                 *     minutes it is in.
                 */
                from?: number;
                /** @description Milliseconds since 1970, exclusive; now when absent. */
                to?: number;
            };
            header?: never;
            path: {
                /** @description Its id. */
                app: number;
                /** @description Its id. */
                bt: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BusinessTransactionDetails"];
                };
            };
            /** @description It is asked wrongly; the answer says how. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Not logged in. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description No such thing. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Too many requests; come back later. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The store is away. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
        };
    };
    bt_administration: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Its id. */
                app: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BtAdministration"];
                };
            };
            /** @description It is asked wrongly; the answer says how. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Not logged in. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Too many requests; come back later. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The store is away. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
        };
    };
    bt_decide: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Its id. */
                app: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["BtDecisionRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BtAdministration"];
                };
            };
            /** @description It cannot be done. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Not logged in. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description No such thing. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The body is not application/json. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The body is not what the call takes. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Too many requests; come back later. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The store is away. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
        };
    };
    alerting_deliveries: {
        parameters: {
            query?: {
                /**
                 * @description Milliseconds since 1970, inclusive; one hour before `to` when absent. Of more than six hours, the whole ten
                 *     minutes it is in.
                 */
                from?: number;
                /** @description Milliseconds since 1970, exclusive; now when absent. */
                to?: number;
            };
            header?: never;
            path: {
                /** @description Its id. */
                app: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeliveryInfo"][];
                };
            };
            /** @description It is asked wrongly; the answer says how. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Not logged in. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Too many requests; come back later. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The store is away. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
        };
    };
    diagnostic_policy: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Its id. */
                app: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DiagnosticPolicyInfo"];
                };
            };
            /** @description It is asked wrongly; the answer says how. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Not logged in. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Too many requests; come back later. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The store is away. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
        };
    };
    diagnostic_policy_set: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Its id. */
                app: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["DiagnosticPolicyInfo"];
            };
        };
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description It cannot be used. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Not logged in. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The body is not application/json. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The body is not what the call takes. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Too many requests; come back later. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The store is away. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
        };
    };
    diagnostic_sessions_list: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Its id. */
                app: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SessionInfo"][];
                };
            };
            /** @description It is asked wrongly; the answer says how. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Not logged in. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Too many requests; come back later. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The store is away. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
        };
    };
    diagnostic_sessions_start: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Its id. */
                app: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SessionRequest"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SessionInfo"];
                };
            };
            /** @description It cannot be read. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Not logged in. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Too many are running. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The body is not application/json. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The body is not what the call takes. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Too many requests; come back later. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The store is away. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
        };
    };
    diagnostic_sessions_stop: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Its id. */
                app: number;
                /** @description The session. */
                guid: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description It is asked wrongly; the answer says how. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Not logged in. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description It does not run. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Too many requests; come back later. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The store is away. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
        };
    };
    errors_list: {
        parameters: {
            query?: {
                /** @description Only in this business transaction. */
                bt?: number;
                /**
                 * @description Milliseconds since 1970, inclusive; one hour before `to` when absent. Of more than six hours, the whole ten
                 *     minutes it is in.
                 */
                from?: number;
                /** @description Only on this tier. */
                tier?: number;
                /** @description Milliseconds since 1970, exclusive; now when absent. */
                to?: number;
            };
            header?: never;
            path: {
                /** @description Its id. */
                app: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorList"];
                };
            };
            /** @description The query cannot be read. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Not logged in. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Too many requests; come back later. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The store is away. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
        };
    };
    errors_one: {
        parameters: {
            query?: {
                /**
                 * @description Milliseconds since 1970, inclusive; one hour before `to` when absent. Of more than six hours, the whole ten
                 *     minutes it is in.
                 */
                from?: number;
                /** @description Milliseconds since 1970, exclusive; now when absent. */
                to?: number;
            };
            header?: never;
            path: {
                /** @description Its id. */
                app: number;
                /** @description The error type's id. */
                error: number;
                /** @description The tier. */
                tier: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorDetails"];
                };
            };
            /** @description It is asked wrongly; the answer says how. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Not logged in. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description No such error in this time. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Too many requests; come back later. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The store is away. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
        };
    };
    events_list: {
        parameters: {
            query?: {
                /** @description Go on behind the event with this id. */
                before?: number;
                /**
                 * @description Milliseconds since 1970, inclusive; one hour before `to` when absent. Of more than six hours, the whole ten
                 *     minutes it is in.
                 */
                from?: number;
                /** @description At most so many, up to 5,000. */
                limit?: number;
                /** @description Severities, separated by commas; all when absent. */
                severities?: string;
                /** @description Milliseconds since 1970, exclusive; now when absent. */
                to?: number;
                /** @description Types, separated by commas; all when absent. */
                types?: string;
            };
            header?: never;
            path: {
                /** @description Its id. */
                app: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EventInfo"][];
                };
            };
            /** @description The query cannot be read. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Not logged in. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Too many requests; come back later. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The store is away. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
        };
    };
    events_create: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Its id. */
                app: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["EventRequest"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EventInfo"];
                };
            };
            /** @description It cannot be read. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Not logged in. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description No such application. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The body is not application/json. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The body is not what the call takes. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Too many requests; come back later. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The store is away. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
        };
    };
    flow_map_flow_map: {
        parameters: {
            query?: {
                /** @description Only calls made for this business transaction. */
                bt?: number;
                /**
                 * @description Milliseconds since 1970, inclusive; one hour before `to` when absent. Of more than six hours, the whole ten
                 *     minutes it is in.
                 */
                from?: number;
                /** @description Milliseconds since 1970, exclusive; now when absent. */
                to?: number;
            };
            header?: never;
            path: {
                /** @description Its id. */
                app: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FlowMap"];
                };
            };
            /** @description It is asked wrongly; the answer says how. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Not logged in. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description No such thing. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Too many requests; come back later. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The store is away. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
        };
    };
    health: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Its id. */
                app: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Health"];
                };
            };
            /** @description It is asked wrongly; the answer says how. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Not logged in. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Too many requests; come back later. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The store is away. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
        };
    };
    markers: {
        parameters: {
            query?: {
                /** @description This business transaction, and the application as a whole. */
                bt?: number;
                /**
                 * @description Milliseconds since 1970, inclusive; one hour before `to` when absent. Of more than six hours, the whole ten
                 *     minutes it is in.
                 */
                from?: number;
                /** @description This node, and the application as a whole. */
                node?: number;
                /** @description This tier, and the application as a whole. */
                tier?: number;
                /** @description Milliseconds since 1970, exclusive; now when absent. */
                to?: number;
            };
            header?: never;
            path: {
                /** @description Its id. */
                app: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MarkerList"];
                };
            };
            /** @description It is asked wrongly; the answer says how. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Not logged in. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Too many requests; come back later. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The store is away. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
        };
    };
    metrics_data: {
        parameters: {
            query?: {
                /**
                 * @description Milliseconds since 1970, inclusive; one hour before `to` when absent. Of more than six hours, the whole ten
                 *     minutes it is in.
                 */
                from?: number;
                /** @description Parts joined by `|`; `*` stands for any one part, `\|` for a `|` inside a name; the root when absent. */
                metricPath?: string;
                /** @description Milliseconds since 1970, exclusive; now when absent. */
                to?: number;
            };
            header?: never;
            path: {
                /** @description Its id. */
                app: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MetricDataAnswer"];
                };
            };
            /** @description The path cannot be read or matches too much. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Not logged in. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Too many requests; come back later. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The store is away. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
        };
    };
    metrics_folder: {
        parameters: {
            query?: {
                /**
                 * @description Milliseconds since 1970, inclusive; one hour before `to` when absent. Of more than six hours, the whole ten
                 *     minutes it is in.
                 */
                from?: number;
                /** @description Parts joined by `|`; `*` stands for any one part, `\|` for a `|` inside a name; the root when absent. */
                metricPath?: string;
                /** @description Milliseconds since 1970, exclusive; now when absent. */
                to?: number;
            };
            header?: never;
            path: {
                /** @description Its id. */
                app: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MetricEntry"][];
                };
            };
            /** @description The path cannot be read. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Not logged in. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Too many requests; come back later. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The store is away. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
        };
    };
    nodes_list: {
        parameters: {
            query?: {
                /**
                 * @description Milliseconds since 1970, inclusive; one hour before `to` when absent. Of more than six hours, the whole ten
                 *     minutes it is in.
                 */
                from?: number;
                /** @description Milliseconds since 1970, exclusive; now when absent. */
                to?: number;
            };
            header?: never;
            path: {
                /** @description Its id. */
                app: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NodeRow"][];
                };
            };
            /** @description It is asked wrongly; the answer says how. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Not logged in. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description No such thing. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Too many requests; come back later. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The store is away. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
        };
    };
    node_forget: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Its id. */
                app: number;
                /** @description Its id. */
                node: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description It is asked wrongly; the answer says how. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Not logged in. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Too many requests; come back later. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The store is away. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
        };
    };
    scorecard_scorecard: {
        parameters: {
            query?: {
                /** @description Only calls to this backend (exit calls instead of business transactions). */
                backend?: number;
                /** @description Only this business transaction. */
                bt?: number;
                /**
                 * @description Milliseconds since 1970, inclusive; one hour before `to` when absent. Of more than six hours, the whole ten
                 *     minutes it is in.
                 */
                from?: number;
                /** @description Only what this tier reported, continuing segments included. */
                tier?: number;
                /** @description Milliseconds since 1970, exclusive; now when absent. */
                to?: number;
            };
            header?: never;
            path: {
                /** @description Its id. */
                app: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Scorecard"];
                };
            };
            /** @description It is asked wrongly; the answer says how. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Not logged in. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description No such thing. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Too many requests; come back later. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The store is away. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
        };
    };
    series_series: {
        parameters: {
            query?: {
                /** @description Only calls to this backend (exit calls instead of business transactions). */
                backend?: number;
                /** @description Only this business transaction. */
                bt?: number;
                /**
                 * @description Milliseconds since 1970, inclusive; one hour before `to` when absent. Of more than six hours, the whole ten
                 *     minutes it is in.
                 */
                from?: number;
                /** @description Only what this node reported, continuing segments included. */
                node?: number;
                /** @description Length of a step in milliseconds, rounded up to whole minutes; chosen from the range when absent. */
                step?: number;
                /** @description Only what this tier reported, continuing segments included. */
                tier?: number;
                /** @description Milliseconds since 1970, exclusive; now when absent. */
                to?: number;
            };
            header?: never;
            path: {
                /** @description Its id. */
                app: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Series"];
                };
            };
            /** @description It is asked wrongly; the answer says how. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Not logged in. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description No such thing. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Too many requests; come back later. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The store is away. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
        };
    };
    series_baseline: {
        parameters: {
            query?: {
                /** @description Only calls to this backend (exit calls instead of business transactions). */
                backend?: number;
                /** @description Only this business transaction. */
                bt?: number;
                /**
                 * @description Milliseconds since 1970, inclusive; one hour before `to` when absent. Of more than six hours, the whole ten
                 *     minutes it is in.
                 */
                from?: number;
                /** @description Only what this node reported, continuing segments included. */
                node?: number;
                /** @description Length of a step in milliseconds, rounded up to whole minutes; chosen from the range when absent. */
                step?: number;
                /** @description Only what this tier reported, continuing segments included. */
                tier?: number;
                /** @description Milliseconds since 1970, exclusive; now when absent. */
                to?: number;
                /** @description `weekly` (when absent), `daily` or `all`. */
                trend?: string;
            };
            header?: never;
            path: {
                /** @description Its id. */
                app: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SeriesBaseline"];
                };
            };
            /** @description It is asked wrongly; the answer says how. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Not logged in. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Too many requests; come back later. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The store is away. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
        };
    };
    snapshots_list: {
        parameters: {
            query?: {
                /** @description Go on after this position (`next` of the page before). */
                after?: string;
                /** @description Only archived ones (true) or only those that are dropped one day (false). */
                archived?: boolean;
                /** @description Only segments that called this backend. */
                backend?: number;
                /** @description Only of this business transaction. */
                bt?: number;
                /** @description Only originating segments (true) or only continuing ones (false). */
                firstInChain?: boolean;
                /**
                 * @description Milliseconds since 1970, inclusive; one hour before `to` when absent. Of more than six hours, the whole ten
                 *     minutes it is in.
                 */
                from?: number;
                /** @description Only of this request. */
                guid?: string;
                /** @description Only with errors, those of exit calls included (true), or without any (false). */
                hasErrors?: boolean;
                /** @description At most so many; 100 when absent, 1,000 at most. */
                limit?: number;
                /** @description Only what lasted at least this long. */
                minMs?: number;
                /** @description Only segments of this node. */
                node?: number;
                /** @description Only kept for one of these reasons, separated by commas (`SLA_FAILURE,ERROR_SAMPLING,TIME_SAMPLING,…`). */
                policies?: string;
                /** @description Only segments of this tier. */
                tier?: number;
                /** @description Milliseconds since 1970, exclusive; now when absent. */
                to?: number;
                /** @description Only segments with user data under this key. */
                userDataKey?: string;
                /** @description … and with this value. */
                userDataValue?: string;
                /** @description Only with one of these verdicts, separated by commas (`SLOW,VERY_SLOW,STALL,ERROR,NORMAL`). */
                verdicts?: string;
            };
            header?: never;
            path: {
                /** @description Its id. */
                app: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SnapshotPage"];
                };
            };
            /** @description It is asked wrongly; the answer says how. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Not logged in. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description No such thing. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Too many requests; come back later. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The store is away. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
        };
    };
    snapshots_one: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Its id. */
                app: number;
                /** @description The request's GUID. */
                guid: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Snapshot"];
                };
            };
            /** @description It is asked wrongly; the answer says how. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Not logged in. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description No such thing. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Too many requests; come back later. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The store is away. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
        };
    };
    snapshots_archive: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Its id. */
                app: number;
                /** @description The request's GUID. */
                guid: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ArchiveRequest"];
            };
        };
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description It cannot be read. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Not logged in. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description No such thing. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The body is not application/json. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The body is not what the call takes. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Too many requests; come back later. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The store is away. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
        };
    };
    violations_list: {
        parameters: {
            query?: {
                /**
                 * @description Milliseconds since 1970, inclusive; one hour before `to` when absent. Of more than six hours, the whole ten
                 *     minutes it is in.
                 */
                from?: number;
                /** @description Milliseconds since 1970, exclusive; now when absent. */
                to?: number;
            };
            header?: never;
            path: {
                /** @description Its id. */
                app: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ViolationInfo"][];
                };
            };
            /** @description It is asked wrongly; the answer says how. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Not logged in. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Too many requests; come back later. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The store is away. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
        };
    };
    audit_list: {
        parameters: {
            query?: {
                /** @description Behind this line: the last `id` of the answer before. */
                before?: number;
                /** @description From when on, milliseconds since 1970; the beginning when absent. */
                from?: number;
                /** @description At most so many (100 when absent, 1,000 at most). */
                limit?: number;
                /** @description Until when, milliseconds since 1970; now when absent. */
                to?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AuditInfo"][];
                };
            };
            /** @description A parameter cannot be read. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Not logged in. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Too many requests; come back later. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The store is away. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
        };
    };
    email_server: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EmailServerInfo"];
                };
            };
            /** @description Not logged in. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Too many requests; come back later. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The store is away. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
        };
    };
    email_server_set: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["EmailServerRequest"];
            };
        };
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description It cannot be read. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Not logged in. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The body is not application/json. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The body is not what the call takes. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Too many requests; come back later. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The store is away. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
        };
    };
    groups_list: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GroupInfo"][];
                };
            };
            /** @description Not logged in. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Too many requests; come back later. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The store is away. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
        };
    };
    groups_add: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["GroupChangeRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GroupInfo"];
                };
            };
            /** @description Not readable. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Not logged in. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description It names a role that is not there. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The name is taken. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The body is not application/json. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The body is not what the call takes. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Too many requests; come back later. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The store is away. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
        };
    };
    groups_change: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Its number. */
                id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["GroupChangeRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GroupInfo"];
                };
            };
            /** @description Not readable. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Not logged in. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description No such thing. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The name is taken, or this one stays as it is. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The body is not application/json. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The body is not what the call takes. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Too many requests; come back later. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The store is away. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
        };
    };
    groups_remove: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Its number. */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description It is asked wrongly; the answer says how. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Not logged in. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description No such thing. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description This one stays. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Too many requests; come back later. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The store is away. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
        };
    };
    session_login: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["LoginRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LoginAnswer"];
                };
            };
            /** @description Not readable. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Not logged in. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description From another site. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The body is not application/json. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The body is not what the call takes. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Too many wrong logins. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The store is away. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
        };
    };
    login_oidc: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description To the provider. */
            303: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description There is no provider; a page for people. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/html": unknown;
                };
            };
            /** @description Too many requests; come back later. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The provider cannot be asked; a page for people. */
            502: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/html": unknown;
                };
            };
            /** @description The store is away. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
        };
    };
    login_oidc_callback: {
        parameters: {
            query?: {
                /** @description The provider's word. */
                code?: string;
                /** @description Why not. */
                error?: string;
                /** @description Which provider. */
                iss?: string;
                /** @description Which login. */
                state?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description To the page, logged in. */
            303: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description It is asked wrongly; the answer says how. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Not logged in; a page for people. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/html": unknown;
                };
            };
            /** @description There is no provider; a page for people. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/html": unknown;
                };
            };
            /** @description Too many requests; come back later. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The provider cannot be asked; a page for people. */
            502: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/html": unknown;
                };
            };
            /** @description The store is away. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
        };
    };
    login_options: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LoginOptions"];
                };
            };
            /** @description Too many requests; come back later. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The store is away. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
        };
    };
    session_logout: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Not logged in. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Too many requests; come back later. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The store is away. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
        };
    };
    roles_list: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RoleInfo"][];
                };
            };
            /** @description Not logged in. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Too many requests; come back later. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The store is away. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
        };
    };
    roles_add: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RoleChangeRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RoleInfo"];
                };
            };
            /** @description Not readable. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Not logged in. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description It names a role that is not there. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The name is taken. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The body is not application/json. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The body is not what the call takes. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Too many requests; come back later. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The store is away. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
        };
    };
    roles_change: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Its number. */
                id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RoleChangeRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RoleInfo"];
                };
            };
            /** @description Not readable. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Not logged in. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description No such thing. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The name is taken, or this one stays as it is. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The body is not application/json. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The body is not what the call takes. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Too many requests; come back later. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The store is away. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
        };
    };
    roles_remove: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Its number. */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description It is asked wrongly; the answer says how. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Not logged in. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description No such thing. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description This one stays. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Too many requests; come back later. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The store is away. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
        };
    };
    session_session: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SessionAnswer"];
                };
            };
            /** @description Not logged in. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Too many requests; come back later. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The store is away. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
        };
    };
    session_setup: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SetupAnswer"];
                };
            };
            /** @description Not logged in. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Too many requests; come back later. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The store is away. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
        };
    };
    staleness: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StalenessHours"];
                };
            };
            /** @description Not logged in. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Too many requests; come back later. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The store is away. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
        };
    };
    staleness_set: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["StalenessHours"];
            };
        };
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description It cannot be read. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Not logged in. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The body is not application/json. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The body is not what the call takes. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Too many requests; come back later. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The store is away. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
        };
    };
    status: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StatusAnswer"];
                };
            };
            /** @description Not logged in. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Too many requests; come back later. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The store is away. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
        };
    };
    users_list: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UserInfo"][];
                };
            };
            /** @description Not logged in. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Too many requests; come back later. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The store is away. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
        };
    };
    users_add: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["UserChangeRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UserInfo"];
                };
            };
            /** @description Not readable. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Not logged in. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The name is taken. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The body is not application/json. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The body is not what the call takes. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Too many requests; come back later. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The store is away. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
        };
    };
    users_change: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The user's number. */
                id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["UserChangeRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UserInfo"];
                };
            };
            /** @description Not readable. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Not logged in. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description No such thing. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The name is taken, or nobody would be left to manage the account. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The body is not application/json. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The body is not what the call takes. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Too many requests; come back later. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The store is away. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
        };
    };
    users_remove: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The user's number. */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description It is asked wrongly; the answer says how. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Not logged in. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description No such thing. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Nobody would be left to manage the account. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Too many requests; come back later. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The store is away. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
        };
    };
    users_password: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PasswordRequest"];
            };
        };
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Too short or too long. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Not logged in. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Not allowed, or the present password is wrong. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The body is not application/json. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The body is not what the call takes. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Too many requests; come back later. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The store is away. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
        };
    };
}
