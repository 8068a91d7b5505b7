//! XML: kebab-case roots and elements of lists, camelCase keys; what is empty is left out.

use super::value::Value;

/// The value under the root element `root`.
#[must_use]
pub fn text(root: &str, value: &Value) -> String {
    let mut out = String::with_capacity(1_024);
    out.push_str("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    write(root, value, &mut out);
    out
}

fn write(element: &str, value: &Value, out: &mut String) {
    match value {
        Value::Null => {}
        Value::Text(text) if text.is_empty() => {}
        Value::Bool(value) => write_leaf(element, if *value { "true" } else { "false" }, out),
        Value::Number(value) => write_leaf(element, &value.to_string(), out),
        Value::Text(text) => write_leaf(element, text, out),
        Value::List(_, values) if values.is_empty() => {
            out.push('<');
            out.push_str(element);
            out.push_str("/>");
        }
        Value::List(item, values) => {
            open(element, out);
            values.iter().for_each(|value| write(item, value, out));
            close(element, out);
        }
        Value::Record(fields) => {
            open(element, out);
            fields.iter().for_each(|(key, value)| write(key, value, out));
            close(element, out);
        }
    }
}

fn open(element: &str, out: &mut String) {
    out.push('<');
    out.push_str(element);
    out.push('>');
}

fn close(element: &str, out: &mut String) {
    out.push_str("</");
    out.push_str(element);
    out.push('>');
}

fn write_leaf(element: &str, text: &str, out: &mut String) {
    open(element, out);
    escape(text, out);
    close(element, out);
}

/// Appends text so that it is text in XML and HTML. Characters XML cannot hold become U+FFFD.
pub fn escape(text: &str, out: &mut String) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\t' | '\n' => out.push(c),
            '\r' => out.push_str("&#13;"),
            '\u{0}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_texts_stay_texts() {
        let value = Value::List(
            "tier",
            vec![Value::Record(vec![
                ("name", "</tier><script>&\u{0}\u{ffff}'\"".into()),
                ("description", "".into()),
                ("none", Value::Null),
                ("properties", Value::no_properties()),
            ])],
        );
        insta::assert_snapshot!(text("tiers", &value), @r#"
        <?xml version="1.0" encoding="UTF-8"?>
        <tiers><tier><name>&lt;/tier&gt;&lt;script&gt;&amp;��&#39;&quot;</name><properties/></tier></tiers>
        "#);
        assert_eq!(
            super::super::json::text(&value),
            "[{\"name\":\"</tier><script>&\\u0000\u{ffff}'\\\"\",\"description\":\"\",\"none\":null,\"properties\":[]}]"
        );
    }

    #[test]
    fn an_empty_list_still_has_its_root() {
        assert!(text("applications", &Value::List("application", vec![])).ends_with("<applications/>"));
    }
}
