//! `docs/reference/rest-openapi.json` and `docs/reference/rest-api.md`: made from the table of calls, never edited.

use std::fmt::Write as _;

use serde_json::{Map, Value, json};

use super::call::{Answer, Call, Errors, Parameter};

/// The OpenAPI document as text, the same for the same source.
///
/// # Errors
/// When it cannot be written as JSON; it always can.
pub fn document() -> Result<String, serde_json::Error> {
    let mut paths: Map<String, Value> = Map::new();
    for call in super::calls().all {
        let path = paths.entry(full_path(&call)).or_insert_with(|| json!({}));
        path[call.method.as_str().to_ascii_lowercase()] = operation(&call);
    }
    let document = json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Tierline public REST API",
            "version": env!("CARGO_PKG_VERSION"),
            "description": ABOUT,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "paths": paths,
        "components": {
            "securitySchemes": {
                "basic": {"type": "http", "scheme": "basic", "description": "user@account"},
                "bearer": {"type": "http", "scheme": "bearer", "description": "From POST /controller/api/oauth/access_token."},
                "cookie": {"type": "apiKey", "in": "cookie", "name": "JSESSIONID", "description": "From GET /controller/auth?action=login; what changes something also needs the header X-CSRF-TOKEN."},
            },
            "schemas": {"Error": error_schema()},
        },
    });
    let mut text = serde_json::to_string_pretty(&document)?;
    text.push('\n');
    Ok(text)
}

const ABOUT: &str = "The controller REST API that scripts and tools call. Paths take names or ids; answers are XML unless output=JSON is asked for, with every key always there and whole numbers only; unknown parameters are ignored. Times are milliseconds since 1970.";

fn error_schema() -> Value {
    json!({
        "type": "object",
        "properties": {"statusCode": {"type": "integer"}, "message": {"type": "string"}},
        "required": ["statusCode", "message"],
        "additionalProperties": false,
    })
}

fn full_path(call: &Call) -> String {
    format!("/controller{}", call.path)
}

fn operation(call: &Call) -> Value {
    let mut answers: Map<String, Value> = Map::new();
    for answer in &call.answers {
        answers.insert(answer.status.to_string(), success(answer));
    }
    for status in call.failures() {
        let declared = answers.contains_key(&status.to_string());
        if !declared {
            answers.insert(status.to_string(), failure(status, Errors::of(call.path)));
        }
    }
    let in_path = path_names(call.path).into_iter().map(|name| {
        json!({"name": name, "in": "path", "required": true, "schema": {"type": "string"}, "description": path_about(name)})
    });
    let in_query = call.parameters.iter().map(|parameter| {
        json!({"name": parameter.name, "in": "query", "required": parameter.required, "schema": {"type": "string"}, "description": parameter.about})
    });
    let mut operation = json!({
        "operationId": call.id,
        "tags": [tag(call)],
        "summary": call.summary,
        "description": call.notes,
        "parameters": in_path.chain(in_query).collect::<Vec<_>>(),
        "responses": answers,
        "security": if call.login { json!([{"basic": []}, {"bearer": []}, {"cookie": []}]) } else { json!([]) },
    });
    if let Some(body) = &call.body {
        let content: Map<String, Value> = body
            .media_types
            .iter()
            .enumerate()
            .map(|(index, media_type)| {
                ((*media_type).to_owned(), media(media_type, body.example, index == 0))
            })
            .collect();
        operation["requestBody"] = json!({"description": body.about, "required": true, "content": content});
    }
    operation
}

fn media(media_type: &str, example: &str, with_example: bool) -> Value {
    let json = media_type.ends_with("json") || media_type.contains("+json");
    let schema = if json {
        json!({})
    } else if media_type.starts_with("multipart/") {
        json!({"type": "object", "properties": {"file": {"type": "string", "format": "binary"}}, "required": ["file"]})
    } else {
        json!({"type": "string"})
    };
    if !with_example || example.is_empty() {
        return json!({"schema": schema});
    }
    let example = if json {
        serde_json::from_str(example).unwrap_or_else(|_| Value::from(example))
    } else {
        Value::from(example)
    };
    json!({"schema": schema, "example": example})
}

fn success(answer: &Answer) -> Value {
    let content: Map<String, Value> = answer
        .content
        .iter()
        .map(|(media_type, shape)| ((*media_type).to_owned(), json!({"schema": shape.schema()})))
        .collect();
    if content.is_empty() {
        return json!({"description": answer.about});
    }
    json!({"description": answer.about, "content": content})
}

fn failure(status: u16, form: Errors) -> Value {
    let about = match status {
        400 => "The request makes no sense; the reason is in the answer.",
        401 => "Nobody is logged in, or the credentials are wrong.",
        403 => "Not allowed for this user, or the X-CSRF-TOKEN header is missing.",
        404 => "There is no such thing.",
        409 => "The name is taken, or somebody else changed it meanwhile.",
        413 => "The body is too large.",
        429 => "Too many requests; come back after Retry-After seconds.",
        503 => "The store cannot be read or written now.",
        _ => "It failed; the reason is in the answer.",
    };
    let content = match form {
        Errors::Page => json!({"text/html": {"schema": {"type": "string"}}}),
        Errors::Json => json!({"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}),
    };
    json!({"description": about, "content": content})
}

fn path_names(path: &str) -> Vec<&str> {
    path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}')).collect()
}

fn path_about(name: &str) -> &'static str {
    match name {
        "app" => "Name or id of the application.",
        "tier" => "Name or id of the tier.",
        "node" => "Name or id of the node.",
        "bt" => "Name or id of the business transaction.",
        _ => "An id.",
    }
}

/// The part of the API a call belongs to, after its path.
fn tag(call: &Call) -> &'static str {
    let path = call.path;
    let parts = [
        ("/alerting/", "alerting"),
        ("/restui/", "tools"),
        ("/api/rbac/", "users"),
        ("/api/accounts/", "account"),
        ("/api/oauth/", "login"),
        ("/auth", "login"),
        ("/rest/applications", "applications"),
        ("/rest/users", "users"),
        ("/rest/", "controller"),
        ("/healthrules", "configuration"),
        ("/actions", "configuration"),
        ("/policies", "configuration"),
        ("/transactiondetection", "configuration"),
    ];
    parts.iter().find(|(prefix, _)| path.starts_with(prefix)).map_or("other", |(_, tag)| tag)
}

/// The same for people.
#[must_use]
pub fn reference() -> String {
    let mut text = String::from(HEAD);
    let mut calls = super::calls().all;
    let order =
        ["applications", "alerting", "configuration", "users", "login", "account", "controller", "tools"];
    let place = |call: &Call| order.iter().position(|tag| *tag == self::tag(call)).unwrap_or(order.len());
    calls.sort_by_key(place);
    let mut last = "";
    for call in &calls {
        let tag = tag(call);
        if tag != last {
            let _ = writeln!(text, "\n## {}{}", tag[..1].to_uppercase(), &tag[1..]);
            last = tag;
        }
        describe(call, &mut text);
    }
    text
}

const HEAD: &str = include_str!("document/head.txt");

fn describe(call: &Call, text: &mut String) {
    let _ = writeln!(text, "\n### {} `{}`\n\n{} {}", call.method, full_path(call), call.summary, call.notes);
    if !call.parameters.is_empty() {
        text.push_str("\n| Parameter | |\n|---|---|\n");
    }
    for Parameter { name, about, required } in &call.parameters {
        let must = if *required { "Required. " } else { "" };
        let _ = writeln!(text, "| `{name}` | {must}{} |", about.replace('|', "\\|"));
    }
    if let Some(body) = &call.body {
        let _ = writeln!(text, "\nBody ({}): {}", body.media_types.join(", "), body.about);
    }
    for answer in &call.answers {
        let shape = answer.content.iter().find(|(kind, _)| *kind == "application/json");
        let shape = shape.map_or_else(String::new, |(_, shape)| format!(" `{}`", shape.words()));
        let _ = writeln!(text, "\n{}: {}{shape}", answer.status, answer.about);
    }
}

#[cfg(test)]
mod tests {
    fn check(name: &str, fresh: &str) {
        let path = format!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/reference/{}"), name);
        if std::env::var_os("UPDATE").is_some() {
            std::fs::write(&path, fresh).unwrap();
        }
        let committed = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(
            committed == fresh,
            "docs/reference/{name} is stale: run UPDATE=1 cargo test -p tierline-server --lib openapi"
        );
    }

    #[test]
    fn the_openapi_documents_are_fresh() {
        check("rest-openapi.json", &super::document().unwrap());
        check("rest-api.md", &super::reference());
    }

    #[test]
    fn openapi_names_are_unique() {
        let calls = super::super::calls().all;
        let ids: std::collections::BTreeSet<_> = calls.iter().map(|call| call.id).collect();
        assert_eq!(ids.len(), calls.len());
    }
}
