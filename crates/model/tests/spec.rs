//! The vectors of `spec/` that say what names and verdicts are. Other languages read the same files.

use serde_json::Value;
use tierline_model::Thresholds;
use tierline_model::name::clean_bt_name;

fn spec(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

#[test]
fn names() {
    let spec = spec(include_str!("../../../spec/names.json"));
    for case in spec["bt_names"].as_array().unwrap() {
        let given = case["given"].as_str().unwrap();
        assert_eq!(clean_bt_name(given), case["reported"].as_str().unwrap(), "{}", case["why"]);
    }
}

#[test]
fn verdicts() {
    let spec = spec(include_str!("../../../spec/thresholds.json"));
    let ns = |ms: &Value| ms.as_u64().unwrap() * 1_000_000;
    let given = &spec["thresholds"];
    let thresholds = Thresholds {
        slow_ns: ns(&given["slow_ms"]),
        very_slow_ns: ns(&given["very_slow_ms"]),
        stall_ns: ns(&given["stall_ms"]),
    };
    for case in spec["cases"].as_array().unwrap() {
        let verdict = thresholds.verdict(ns(&case["duration_ms"]), case["failed"].as_bool().unwrap(), false);
        assert_eq!(verdict.as_str(), case["verdict"].as_str().unwrap(), "{}", case["why"]);
    }
}
