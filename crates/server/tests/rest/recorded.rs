//! Shapes of answers, written down from the recorded answers of the documented product
//! (facts/controller-api 2 and 3). A pattern is JSON: `"text"`, `"int"`, `"bool"`, `"any"`, several joined by `|`, or a
//! literal `null`; an object has exactly these keys; a list has any number of elements of one pattern.

use serde_json::Value;

/// Checks an answer against `recorded/<name>.json`.
pub fn check(name: &str, answer: &Value) {
    let path = format!("{}/tests/rest/recorded/{name}.json", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    let pattern: Value = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{path}: {error}"));
    if let Err(difference) = compare(&pattern, answer, "") {
        panic!("{name}{difference}\n{answer:#}");
    }
}

fn compare(pattern: &Value, value: &Value, at: &str) -> Result<(), String> {
    match (pattern, value) {
        (Value::String(kinds), value) => {
            let is = |kind: &str| match kind {
                "text" => value.is_string(),
                "int" => value.is_i64() || value.is_u64(),
                "bool" => value.is_boolean(),
                "null" => value.is_null(),
                "object" => value.is_object(),
                "list" => value.is_array(),
                "any" => true,
                literal => value == literal,
            };
            if kinds.split('|').any(is) { Ok(()) } else { Err(format!("{at}: {value} is not {kinds}")) }
        }
        (Value::Array(patterns), Value::Array(values)) => {
            let Some(pattern) = patterns.first() else {
                return if values.is_empty() { Ok(()) } else { Err(format!("{at}: not empty")) };
            };
            values
                .iter()
                .enumerate()
                .try_for_each(|(i, value)| compare(pattern, value, &format!("{at}[{i}]")))
        }
        (Value::Object(patterns), Value::Object(values)) => {
            let open = patterns.contains_key("…");
            for (key, pattern) in patterns.iter().filter(|(key, _)| *key != "…") {
                let value = values.get(key).ok_or_else(|| format!("{at}: the key {key} is missing"))?;
                compare(pattern, value, &format!("{at}.{key}"))?;
            }
            match values.keys().find(|key| !patterns.contains_key(*key)) {
                Some(key) if !open => Err(format!("{at}: the key {key} is not recorded")),
                _ => Ok(()),
            }
        }
        (pattern, value) if pattern == value => Ok(()),
        (pattern, value) => Err(format!("{at}: {value} is not {pattern}")),
    }
}

#[test]
fn differences_are_found() {
    let check = |pattern: &str, value: &str| {
        let read = |text| serde_json::from_str::<Value>(text).unwrap();
        compare(&read(pattern), &read(value), "").is_ok()
    };
    assert!(check(r#"[{"a": "int|null", "b": ["text"], "c": null}]"#, r#"[{"a": 1, "b": [], "c": null}]"#));
    assert!(!check(r#"[{"a": "int"}]"#, r#"[{"a": 1.5}]"#));
    assert!(!check(r#"[{"a": "int"}]"#, r#"[{"a": 1, "b": 1}]"#));
    assert!(!check(r#"[{"a": "int", "b": "int"}]"#, r#"[{"a": 1}]"#));
    assert!(!check(r#"["text"]"#, "[1]"));
    assert!(check(r#"{"a": "int", "…": "any"}"#, r#"{"a": 1, "b": 1}"#));
}
