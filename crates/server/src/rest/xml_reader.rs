//! Reads XML that clients send: small documents, no document types, no entities of their own.

use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

use super::error::RestError;
use crate::limits::{XML_DEPTH_MAX, XML_ELEMENTS_MAX};

/// An element.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Element {
    /// Its name, without a prefix.
    pub name: String,
    /// Its attributes.
    pub attributes: Vec<(String, String)>,
    /// Its text, trimmed.
    pub text: String,
    /// The elements in it.
    pub children: Vec<Element>,
}

impl Element {
    /// The first child of this name.
    #[must_use]
    pub fn child(&self, name: &str) -> Option<&Self> {
        self.children.iter().find(|child| child.name == name)
    }

    /// This element and all below it called `name`, in their order.
    #[must_use]
    pub fn all<'a>(&'a self, name: &str) -> Vec<&'a Self> {
        let mut found = Vec::new();
        self.collect(name, &mut found);
        found
    }

    fn collect<'a>(&'a self, name: &str, found: &mut Vec<&'a Self>) {
        if self.name == name {
            found.push(self);
        }
        // As deep as the reader allowed.
        self.children.iter().for_each(|child| child.collect(name, found));
    }
}

fn refused(reason: impl std::fmt::Display) -> RestError {
    RestError::bad_request(format!("The XML cannot be read: {reason}"))
}

/// The root element of a document.
///
/// # Errors
/// When it is not well formed, has a document type, or is deeper or larger than the limits.
pub fn read(text: &str) -> Result<Element, RestError> {
    let mut reader = Reader::from_str(text);
    let mut open: Vec<Element> = Vec::new();
    let mut root: Option<Element> = None;
    let mut elements = 0;
    loop {
        match reader.read_event().map_err(refused)? {
            Event::Start(start) => {
                elements += 1;
                if elements > XML_ELEMENTS_MAX || open.len() >= XML_DEPTH_MAX {
                    return Err(refused(format_args!(
                        "it is deeper than {XML_DEPTH_MAX} or has more than {XML_ELEMENTS_MAX} elements"
                    )));
                }
                open.push(begin(&start)?);
            }
            Event::Empty(start) => {
                elements += 1;
                if elements > XML_ELEMENTS_MAX {
                    return Err(refused(format_args!("it has more than {XML_ELEMENTS_MAX} elements")));
                }
                end(begin(&start)?, &mut open, &mut root)?;
            }
            Event::End(_) => {
                let element = open.pop().ok_or_else(|| refused("an element ends that did not begin"))?;
                end(element, &mut open, &mut root)?;
            }
            Event::Text(piece) => add_text(&mut open, &piece.xml10_content()),
            Event::CData(piece) => add_text(&mut open, &piece.xml10_content()),
            Event::GeneralRef(reference) => {
                let character = match reference.resolve_char_ref().map_err(refused)? {
                    Some(character) => character.to_string(),
                    None => {
                        let name = reference.xml10_content();
                        let known = quick_xml::escape::resolve_predefined_entity(&name);
                        known
                            .ok_or_else(|| refused(format_args!("the entity {name} is not known")))?
                            .to_owned()
                    }
                };
                add_text(&mut open, &character);
            }
            Event::DocType(_) => return Err(refused("a document type is not accepted")),
            Event::Eof => break,
            _ => {}
        }
    }
    if !open.is_empty() {
        return Err(refused("it ends within an element"));
    }
    root.ok_or_else(|| refused("it has no element"))
}

fn begin(start: &BytesStart<'_>) -> Result<Element, RestError> {
    let name = start.local_name().as_ref().to_owned();
    let mut attributes = Vec::new();
    for attribute in start.attributes() {
        let attribute = attribute.map_err(refused)?;
        let key = attribute.key.local_name().as_ref().to_owned();
        let value = attribute.normalized_value(XmlVersion::Implicit1_0).map_err(refused)?.into_owned();
        attributes.push((key, value));
    }
    Ok(Element { name, attributes, ..Element::default() })
}

fn end(mut element: Element, open: &mut [Element], root: &mut Option<Element>) -> Result<(), RestError> {
    element.text = element.text.trim().to_owned();
    match (open.last_mut(), root.is_some()) {
        (Some(parent), _) => parent.children.push(element),
        (None, false) => *root = Some(element),
        (None, true) => return Err(refused("it has two root elements")),
    }
    Ok(())
}

fn add_text(open: &mut [Element], text: &str) {
    if let Some(element) = open.last_mut() {
        element.text.push_str(text);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_texts_and_attributes() {
        let root = read("<?xml version=\"1.0\"?><a x='1 &amp; 2'><b> t&lt;&#65;<![CDATA[<]]> </b><n:b/></a>")
            .unwrap();
        assert_eq!(root.attributes, [("x".to_owned(), "1 & 2".to_owned())]);
        assert_eq!(root.child("b").unwrap().text, "t<A<");
        assert_eq!(root.all("b").len(), 2);
    }

    #[test]
    fn bombs_and_nonsense_are_refused() {
        let bomb = "<!DOCTYPE a [<!ENTITY b 'bbbb'><!ENTITY c '&b;&b;&b;'>]><a>&c;</a>";
        for text in
            [bomb, "", "a", "<a>", "<a></b>", "<a/><b/>", "<a>&b;</a>", "<a x='&b;'/>", "</a>", "<a x=1/>"]
        {
            assert!(read(text).is_err(), "{text}");
        }
        assert!(read(&"<a>".repeat(100_000)).is_err());
        assert!(read(&format!("<a>{}</a>", "<b/>".repeat(XML_ELEMENTS_MAX))).is_err());
        assert!(read("<a>\u{0}</a>").is_ok());
    }
}
