//! JSON as XML and back, without loss: keys are elements, elements of lists are called `item`, and what is no text says
//! what it is in the attribute `type`. Configurations are exported in it.

use serde_json::{Map, Value};

use super::error::RestError;
use super::xml::escape;
use super::xml_reader::Element;

/// The value as an element.
pub fn write(name: &str, value: &Value, out: &mut String) {
    out.push('<');
    if is_name(name) {
        out.push_str(name);
    } else {
        out.push_str("entry name=\"");
        escape(name, out);
        out.push('"');
    }
    let kind = match value {
        Value::Null => "null",
        Value::Bool(_) => "bool",
        Value::Number(_) => "number",
        Value::String(_) => "",
        Value::Array(_) => "list",
        Value::Object(_) => "object",
    };
    if !kind.is_empty() {
        out.push_str(" type=\"");
        out.push_str(kind);
        out.push('"');
    }
    out.push('>');
    match value {
        Value::Null => {}
        Value::Bool(_) | Value::Number(_) => out.push_str(&value.to_string()),
        Value::String(text) => escape(text, out),
        Value::Array(values) => values.iter().for_each(|value| write("item", value, out)),
        Value::Object(fields) => fields.iter().for_each(|(key, value)| write(key, value, out)),
    }
    out.push_str("</");
    out.push_str(if is_name(name) { name } else { "entry" });
    out.push('>');
}

fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text != "entry"
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
}

/// The value of an element.
///
/// # Errors
/// When its text is not what it says.
pub fn read(element: &Element) -> Result<Value, RestError> {
    let kind = attribute(element, "type");
    let wrong = || {
        RestError::bad_request(format!(
            "The XML element {} is not a {}",
            element.name,
            kind.unwrap_or("text")
        ))
    };
    match kind {
        Some("null") => Ok(Value::Null),
        Some("bool") => element.text.parse::<bool>().map(Value::from).map_err(|_| wrong()),
        Some("number") => match serde_json::from_str(&element.text) {
            Ok(number @ Value::Number(_)) => Ok(number),
            _ => Err(wrong()),
        },
        Some("list") => element.children.iter().map(read).collect(),
        Some("object") => fields(element),
        None if element.children.is_empty() => Ok(Value::from(element.text.as_str())),
        None if element.children.iter().all(|child| child.name == "item") => {
            element.children.iter().map(read).collect()
        }
        None => fields(element),
        Some(_) => Err(wrong()),
    }
}

fn fields(element: &Element) -> Result<Value, RestError> {
    let mut fields = Map::new();
    for child in &element.children {
        let name = attribute(child, "name").filter(|_| child.name == "entry").unwrap_or(&child.name);
        fields.insert(name.to_owned(), read(child)?);
    }
    Ok(Value::Object(fields))
}

fn attribute<'a>(element: &'a Element, name: &str) -> Option<&'a str> {
    element.attributes.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rest::xml_reader;
    use serde_json::json;

    #[test]
    fn what_is_written_is_read_again() {
        let value = json!({"name": "<a> & \"b\"", "on": true, "none": null, "n": -2.5, "list": [], "more": [1, "x", {"k": []}],
            "a key": 1, "entry": {"": "x"}, "empty": "", "object": {}, "item": {"item": "x"}});
        let mut text = String::new();
        write("rule", &value, &mut text);
        assert_eq!(read(&xml_reader::read(&text).unwrap()).unwrap(), value, "{text}");
    }

    #[test]
    fn what_people_write_by_hand_is_understood() {
        let text = "<rule><name>x</name><conditions><item><name>y</name></item></conditions></rule>";
        let value = read(&xml_reader::read(text).unwrap()).unwrap();
        assert_eq!(value, json!({"name": "x", "conditions": [{"name": "y"}]}));
        for wrong in
            ["<a type='number'>x</a>", "<a type='bool'>yes</a>", "<a type='list'><item type='x'/></a>"]
        {
            assert!(read(&xml_reader::read(wrong).unwrap()).is_err(), "{wrong}");
        }
    }
}
