use super::*;

struct Asked<'a>(&'a str, &'a str, &'a str, &'a [(&'a str, &'a str)]);

impl Request for Asked<'_> {
    fn method(&self) -> &str {
        self.0
    }
    fn path(&self) -> &str {
        self.1
    }
    fn query(&self) -> &str {
        self.2
    }
    fn header(&self, name: &str) -> Option<Cow<'_, str>> {
        self.3.iter().find(|(key, _)| *key == name).map(|(_, value)| Cow::Borrowed(*value))
    }
}

fn detect(policy: &str, request: &Asked<'_>) -> Detected {
    let policy: DetectionPolicy = serde_json::from_str(policy).unwrap();
    Detector::new(&policy, EntryType::NodejsWeb).unwrap().detect(request)
}

fn name(policy: &str, path: &str) -> String {
    match detect(policy, &Asked("GET", path, "id=7&x", &[("cookie", "a=1; kind=vip"), ("x-team", "red")])) {
        Detected::Named(name) => name,
        Detected::Excluded => "EXCLUDED".to_owned(),
    }
}

#[test]
fn two_segments_name_a_request_until_told_otherwise() {
    for (path, wanted) in
        [("/store/checkout/7", "/store/checkout"), ("/", "/"), ("", "/"), ("//a//b/c", "/a/b")]
    {
        assert_eq!(name("{}", path), wanted);
    }
    let by = |uri: &str| name(&format!(r#"{{"naming": {{"uri": {uri}}}}}"#), "/a/b/c/d");
    assert_eq!(by(r#"{"kind": "full"}"#), "/a/b/c/d");
    assert_eq!(by(r#"{"kind": "last_segments", "count": 1}"#), "/d");
    assert_eq!(by(r#"{"kind": "segments", "numbers": [1, 3, 9, 0]}"#), "/a/c");
    let parts = r#"[{"kind": "method"}, {"kind": "parameter", "name": "id"}, {"kind": "header", "name": "X-Team"},
                    {"kind": "cookie", "name": "kind"}, {"kind": "parameter", "name": "absent"}]"#;
    let named = name(&format!(r#"{{"naming": {{"parts": {parts}}}}}"#), "/a/b/c");
    assert_eq!(named, "/a/b.GET.7.red.vip");
}

#[test]
fn the_highest_priority_wins_and_exclusions_win_a_tie() {
    let policy = r#"{
        "match_rules": [
            {"name": "low", "priority": 1, "request": {"path": {"comparison": "starts_with", "value": "/api"}}},
            {"name": "high", "priority": 5, "request": {"path": {"comparison": "regex", "value": "^/api/v\\d+/"}},
             "split": {"uri": {"kind": "segments", "numbers": [3]}}},
            {"name": "python only", "priority": 9, "entry_type": "PYTHON_WEB"},
            {"name": "off", "priority": 9, "disabled": true}
        ],
        "exclude_rules": [{"name": "no health", "priority": 5, "request":
            {"method": "get", "path": {"comparison": "ends_with", "value": "/health"}}}]
    }"#;
    assert_eq!(name(policy, "/api/cart"), "low");
    assert_eq!(name(policy, "/api/v2/cart"), "high./cart");
    assert_eq!(name(policy, "/api/v2/health"), "EXCLUDED");
    assert_eq!(name(policy, "/other/x"), "/other/x");
}

#[test]
fn excluded_names_headers_and_not() {
    assert_eq!(name(r#"{"excluded_bts": ["/a/b"]}"#, "/a/b/c"), "EXCLUDED");
    assert_eq!(name(r#"{"enabled": false}"#, "/a/b/c"), "EXCLUDED");
    let policy = r#"{"match_rules": [{"name": "red", "request": {"headers": [{"name": "X-TEAM",
        "value": {"value": "red"}}], "cookies": [{"name": "kind", "value": {"comparison": "not_empty"}}],
        "parameters": [{"name": "debug", "value": {"comparison": "not_empty", "not": true}}]}}]}"#;
    assert_eq!(name(policy, "/a"), "red");
    assert_eq!(detect(policy, &Asked("GET", "/a", "debug=1", &[])), Detected::Named("/a".into()));
}

#[test]
fn unusable_rules_are_named() {
    let wrong = |policy: &str| {
        let policy: DetectionPolicy = serde_json::from_str(policy).unwrap();
        Detector::new(&policy, EntryType::NodejsWeb).unwrap_err().to_string()
    };
    let pattern =
        r#"{"exclude_rules": [{"name": "x", "request": {"path": {"comparison": "regex", "value": "("}}}]}"#;
    assert_eq!(wrong(pattern), r#"x: "(" is not a usable regular expression"#);
    assert!(wrong(r#"{"match_rules": [{}]}"#).contains("no name"));
}

#[test]
fn an_agent_knows_when_it_may_remember_names() {
    let simple = |policy: &str| {
        let policy: DetectionPolicy = serde_json::from_str(policy).unwrap();
        Detector::new(&policy, EntryType::NodejsWeb).unwrap().only_method_and_path()
    };
    assert!(simple("{}"));
    assert!(simple(r#"{"match_rules": [{"name": "a", "request": {"path": {"value": "/"}}}]}"#));
    assert!(!simple(r#"{"match_rules": [{"name": "a", "request": {"host": {"value": "h"}}}]}"#));
    assert!(!simple(r#"{"naming": {"parts": [{"kind": "cookie", "name": "c"}]}}"#));
}
