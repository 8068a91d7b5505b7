//! Which requests become business transactions without code, and what they are called: the naming rule, custom match
//! rules and exclude rules of facts/agent-api 4.1. Every agent asks the same [`Detector`], so that one configuration
//! means the same in every language.

use std::borrow::Cow;

use regex_lite::Regex;
use serde::{Deserialize, Serialize};

use crate::limits::{DETECTION_RULES_MAX, NAME_PARTS_MAX, PATTERN_CHARS_MAX};
use crate::transaction::EntryType;

/// How a text is compared. Regular expressions are matched in linear time, unanchored, without look-around.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Comparison {
    /// The whole text.
    #[default]
    Equals,
    /// Its beginning.
    StartsWith,
    /// Its end.
    EndsWith,
    /// Any part of it.
    Contains,
    /// A regular expression found anywhere in it.
    Regex,
    /// There is a text and it is not empty; `value` does not matter.
    NotEmpty,
}

/// A condition on a text. An absent text is as an empty one.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TextMatch {
    /// How.
    pub comparison: Comparison,
    /// With what, at most 1,000 characters.
    pub value: String,
    /// Whether the opposite is wanted.
    pub not: bool,
}

/// A condition on a header, cookie or parameter.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct NamedMatch {
    /// Its name; headers without regard to case.
    pub name: String,
    /// The condition on its value.
    pub value: TextMatch,
}

/// A condition on a request: everything given must hold.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RequestMatch {
    /// The HTTP method; empty for any.
    pub method: String,
    /// The path without query.
    pub path: Option<TextMatch>,
    /// The `Host` header.
    pub host: Option<TextMatch>,
    /// Query parameters.
    pub parameters: Vec<NamedMatch>,
    /// Headers.
    pub headers: Vec<NamedMatch>,
    /// Cookies.
    pub cookies: Vec<NamedMatch>,
}

/// Which part of the path makes the name.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum UriPart {
    /// All of it.
    Full,
    /// The first segments, with a leading slash (the default: two).
    FirstSegments {
        /// How many.
        count: usize,
    },
    /// The last segments.
    LastSegments {
        /// How many.
        count: usize,
    },
    /// Chosen segments, counted from 1.
    Segments {
        /// Which.
        numbers: Vec<usize>,
    },
    /// Nothing: the name is made of `parts` (or is the rule's name) only.
    None,
}

impl Default for UriPart {
    fn default() -> Self {
        Self::FirstSegments { count: 2 }
    }
}

/// Something that is put behind the name with a dot, when the request has it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum NamePart {
    /// The HTTP method.
    Method,
    /// A header's value.
    Header {
        /// Its name.
        name: String,
    },
    /// A cookie's value.
    Cookie {
        /// Its name.
        name: String,
    },
    /// A query parameter's value.
    Parameter {
        /// Its name.
        name: String,
    },
}

/// How a request is named. The default is the first two segments of its path (facts/agent-api 4.1).
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct NamingRule {
    /// The part of the path.
    pub uri: UriPart,
    /// What comes behind it, in this order.
    pub parts: Vec<NamePart>,
}

/// Requests that become a BT of this rule's name.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct MatchRule {
    /// The BT's name.
    pub name: String,
    /// Switched off without being forgotten.
    pub disabled: bool,
    /// The rule with the highest number wins.
    pub priority: i32,
    /// Only for this kind of agent.
    pub entry_type: Option<EntryType>,
    /// Which requests.
    pub request: RequestMatch,
    /// Splits the BT further: what this makes comes behind the name with a dot.
    pub split: Option<NamingRule>,
}

/// Requests that become no BT.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ExcludeRule {
    /// For people.
    pub name: String,
    /// Switched off without being forgotten.
    pub disabled: bool,
    /// Against match rules; at the same number the exclusion wins.
    pub priority: i32,
    /// Only for this kind of agent.
    pub entry_type: Option<EntryType>,
    /// Which requests.
    pub request: RequestMatch,
}

/// What automatic detection may do.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(default)]
pub struct DetectionPolicy {
    /// Whether requests become BTs without code.
    pub enabled: bool,
    /// How those are named that no rule matches.
    pub naming: NamingRule,
    /// Custom match rules, at most 200.
    pub match_rules: Vec<MatchRule>,
    /// Exclude rules, at most 200.
    pub exclude_rules: Vec<ExcludeRule>,
    /// Names of BTs that somebody excluded on the page: requests that would be called so become no BT.
    pub excluded_bts: Vec<String>,
}

impl Default for DetectionPolicy {
    fn default() -> Self {
        Self {
            enabled: true,
            naming: NamingRule::default(),
            match_rules: Vec::new(),
            exclude_rules: Vec::new(),
            excluded_bts: Vec::new(),
        }
    }
}

/// A rule that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DetectionError {
    /// Not a regular expression, or too long.
    #[error("{rule}: {pattern:?} is not a usable regular expression")]
    Pattern {
        /// The rule.
        rule: String,
        /// What was given.
        pattern: String,
    },
    /// A match rule has no name.
    #[error("a match rule has no name; its name is the name of the BT")]
    Unnamed,
    /// Too many rules, or too many parts in one.
    #[error("there are too many rules or a rule has too many parts")]
    TooMany,
}

/// A request as a web framework shows it.
pub trait Request {
    /// `GET`, …
    fn method(&self) -> &str;
    /// The path, without query.
    fn path(&self) -> &str;
    /// The query, without `?`; may be empty.
    fn query(&self) -> &str;
    /// A header's value; `name` is in lower case.
    fn header(&self, name: &str) -> Option<Cow<'_, str>>;
}

/// What becomes of a request.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Detected {
    /// A BT of this name, not yet cleaned.
    Named(String),
    /// No BT.
    Excluded,
}

/// A [`DetectionPolicy`] made ready for one kind of agent.
#[derive(Debug, Default)]
pub struct Detector {
    disabled: bool,
    naming: NamingRule,
    /// By falling priority.
    rules: Vec<Rule>,
    excluded_bts: Vec<String>,
}

#[derive(Debug)]
struct Rule {
    priority: i32,
    /// `None` excludes.
    names: Option<(String, Option<NamingRule>)>,
    request: ReadyRequest,
}

#[derive(Debug)]
struct ReadyRequest {
    method: String,
    path: Option<ReadyText>,
    host: Option<ReadyText>,
    parameters: Vec<(String, ReadyText)>,
    headers: Vec<(String, ReadyText)>,
    cookies: Vec<(String, ReadyText)>,
}

/// A [`TextMatch`] made ready.
#[derive(Debug, Clone)]
pub struct ReadyText {
    text: TextMatch,
    regex: Option<Regex>,
}

impl ReadyText {
    /// Compiles the regular expression, when there is one. `rule` is for the error.
    ///
    /// # Errors
    /// When it is none.
    pub fn new(text: &TextMatch, rule: &str) -> Result<Self, DetectionError> {
        let wrong = || DetectionError::Pattern { rule: rule.to_owned(), pattern: text.value.clone() };
        if text.value.chars().count() > PATTERN_CHARS_MAX {
            return Err(wrong());
        }
        let regex = match text.comparison {
            Comparison::Regex => Some(Regex::new(&text.value).map_err(|_| wrong())?),
            _ => None,
        };
        Ok(Self { text: text.clone(), regex })
    }

    /// Whether `found` is as wanted.
    #[must_use]
    pub fn matches(&self, found: &str) -> bool {
        let value = self.text.value.as_str();
        let matches = match self.text.comparison {
            Comparison::Equals => found == value,
            Comparison::StartsWith => found.starts_with(value),
            Comparison::EndsWith => found.ends_with(value),
            Comparison::Contains => found.contains(value),
            Comparison::Regex => self.regex.as_ref().is_some_and(|regex| regex.is_match(found)),
            Comparison::NotEmpty => !found.is_empty(),
        };
        matches != self.text.not
    }
}

impl ReadyRequest {
    fn new(request: &RequestMatch, rule: &str) -> Result<Self, DetectionError> {
        let lists = [&request.parameters, &request.headers, &request.cookies];
        if lists.iter().any(|list| list.len() > NAME_PARTS_MAX) {
            return Err(DetectionError::TooMany);
        }
        let ready = |list: &[NamedMatch], lower: bool| -> Result<Vec<(String, ReadyText)>, DetectionError> {
            list.iter()
                .map(|one| {
                    let name = if lower { one.name.to_ascii_lowercase() } else { one.name.clone() };
                    Ok((name, ReadyText::new(&one.value, rule)?))
                })
                .collect()
        };
        Ok(Self {
            method: request.method.to_ascii_uppercase(),
            path: request.path.as_ref().map(|text| ReadyText::new(text, rule)).transpose()?,
            host: request.host.as_ref().map(|text| ReadyText::new(text, rule)).transpose()?,
            parameters: ready(&request.parameters, false)?,
            headers: ready(&request.headers, true)?,
            cookies: ready(&request.cookies, false)?,
        })
    }

    fn matches(&self, request: &dyn Request) -> bool {
        (self.method.is_empty() || self.method.eq_ignore_ascii_case(request.method()))
            && self.path.as_ref().is_none_or(|path| path.matches(request.path()))
            && self.host.as_ref().is_none_or(|host| host.matches(&text(request.header("host"))))
            && self.parameters.iter().all(|(name, value)| value.matches(&text(parameter(request, name))))
            && self.headers.iter().all(|(name, value)| value.matches(&text(request.header(name))))
            && self.cookies.iter().all(|(name, value)| value.matches(&text(cookie(request, name))))
    }
}

fn text(found: Option<Cow<'_, str>>) -> Cow<'_, str> {
    found.unwrap_or_default()
}

/// A query parameter's value as it was sent, without decoding.
#[must_use]
pub fn parameter<'a>(request: &'a dyn Request, name: &str) -> Option<Cow<'a, str>> {
    request.query().split('&').find_map(|pair| {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        (key == name).then_some(Cow::Borrowed(value))
    })
}

/// A cookie's value.
#[must_use]
pub fn cookie<'a>(request: &'a dyn Request, name: &str) -> Option<Cow<'a, str>> {
    let all = request.header("cookie")?;
    let found = all.split(';').find_map(|pair| {
        let (key, value) = pair.trim().split_once('=')?;
        (key == name).then(|| value.to_owned())
    })?;
    Some(Cow::Owned(found))
}

impl NamingRule {
    /// The name of a request: a part of its path and what is put behind it. May be empty.
    #[must_use]
    pub fn name(&self, request: &dyn Request) -> String {
        let mut name = self.uri.of(request.path());
        for part in self.parts.iter().take(NAME_PARTS_MAX) {
            let value = match part {
                NamePart::Method => Some(Cow::Borrowed(request.method())),
                NamePart::Header { name } => request.header(&name.to_ascii_lowercase()),
                NamePart::Cookie { name } => cookie(request, name),
                NamePart::Parameter { name } => parameter(request, name),
            };
            append(&mut name, value.as_deref().unwrap_or_default());
        }
        name
    }
}

fn append(name: &mut String, part: &str) {
    if !part.is_empty() {
        if !name.is_empty() {
            name.push('.');
        }
        name.push_str(part);
    }
}

impl UriPart {
    fn of(&self, path: &str) -> String {
        let segments = || path.split('/').filter(|segment| !segment.is_empty());
        let joined = |chosen: &mut dyn Iterator<Item = &str>| {
            let mut name = String::new();
            for segment in chosen {
                name.push('/');
                name.push_str(segment);
            }
            if name.is_empty() { "/".to_owned() } else { name }
        };
        match self {
            Self::None => String::new(),
            Self::Full if path.is_empty() => "/".to_owned(),
            Self::Full => path.to_owned(),
            Self::FirstSegments { count } => joined(&mut segments().take(*count)),
            Self::LastSegments { count } => {
                let skip = segments().count().saturating_sub(*count);
                joined(&mut segments().skip(skip))
            }
            Self::Segments { numbers } => joined(&mut numbers.iter().take(NAME_PARTS_MAX).filter_map(|n| {
                let index = n.checked_sub(1)?;
                segments().nth(index)
            })),
        }
    }
}

impl Detector {
    /// Makes a policy ready for agents of `entry_type`.
    ///
    /// # Errors
    /// When a rule cannot be used.
    pub fn new(policy: &DetectionPolicy, entry_type: EntryType) -> Result<Self, DetectionError> {
        if policy.match_rules.len() > DETECTION_RULES_MAX || policy.exclude_rules.len() > DETECTION_RULES_MAX
        {
            return Err(DetectionError::TooMany);
        }
        let applies = |wanted: Option<EntryType>| wanted.is_none_or(|wanted| wanted == entry_type);
        let mut rules = Vec::new();
        // Exclusions first: the sort below is stable, so they win at the same priority.
        for rule in &policy.exclude_rules {
            let request = ReadyRequest::new(&rule.request, &rule.name)?;
            if !rule.disabled && applies(rule.entry_type) {
                rules.push(Rule { priority: rule.priority, names: None, request });
            }
        }
        for rule in &policy.match_rules {
            if rule.name.trim().is_empty() {
                return Err(DetectionError::Unnamed);
            }
            let request = ReadyRequest::new(&rule.request, &rule.name)?;
            if !rule.disabled && applies(rule.entry_type) {
                let names = Some((rule.name.clone(), rule.split.clone()));
                rules.push(Rule { priority: rule.priority, names, request });
            }
        }
        rules.sort_by_key(|rule| std::cmp::Reverse(rule.priority));
        Ok(Self {
            disabled: !policy.enabled,
            naming: policy.naming.clone(),
            rules,
            excluded_bts: policy.excluded_bts.clone(),
        })
    }

    /// What becomes of a request.
    #[must_use]
    pub fn detect(&self, request: &dyn Request) -> Detected {
        if self.disabled {
            return Detected::Excluded;
        }
        let name = match self.by_rule(request) {
            Some(Detected::Excluded) => return Detected::Excluded,
            Some(Detected::Named(name)) => name,
            None => self.naming.name(request),
        };
        if self.excludes(&name) { Detected::Excluded } else { Detected::Named(name) }
    }

    /// What becomes of a request that somebody else gave a name: what a rule says of it; else it is named by the naming
    /// rule, when that is not the usual one, else it keeps its name. Whether detection is on does not matter.
    #[must_use]
    pub fn detect_named(&self, name: &str, request: Option<&dyn Request>) -> Detected {
        let by_rule = request.and_then(|request| self.by_rule(request));
        let name = match (by_rule, request) {
            (Some(Detected::Excluded), _) => return Detected::Excluded,
            (Some(Detected::Named(name)), _) => name,
            (None, Some(request)) if self.naming != NamingRule::default() => self.naming.name(request),
            _ => name.to_owned(),
        };
        if self.excludes(&name) { Detected::Excluded } else { Detected::Named(name) }
    }

    /// What the rule with the highest priority says that is about the request.
    fn by_rule(&self, request: &dyn Request) -> Option<Detected> {
        let rule = self.rules.iter().find(|rule| rule.request.matches(request))?;
        let Some((name, split)) = &rule.names else { return Some(Detected::Excluded) };
        let mut name = name.clone();
        if let Some(split) = split {
            append(&mut name, &split.name(request));
        }
        Some(Detected::Named(name))
    }

    /// Whether somebody excluded BTs of this name.
    fn excludes(&self, name: &str) -> bool {
        let cleaned = crate::name::clean_bt_name(name);
        self.excluded_bts.iter().any(|excluded| *excluded == cleaned)
    }

    /// Whether only method and path decide, so that an agent may remember the name of a path.
    #[must_use]
    pub fn only_method_and_path(&self) -> bool {
        let simple = |naming: &NamingRule| naming.parts.iter().all(|part| *part == NamePart::Method);
        simple(&self.naming)
            && self.rules.iter().all(|rule| {
                let request = &rule.request;
                let others = [&request.parameters, &request.headers, &request.cookies];
                request.host.is_none()
                    && others.iter().all(|list| list.is_empty())
                    && rule.names.as_ref().is_none_or(|(_, split)| split.as_ref().is_none_or(simple))
            })
    }
}

#[cfg(test)]
#[path = "detection/tests.rs"]
mod tests;
