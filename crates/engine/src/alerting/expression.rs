//! Two small languages: `(A AND B) OR C` joins conditions, `(a + b) / 100` computes with metrics.

use std::iter::Peekable;
use std::vec::IntoIter;

use crate::limits::{EXPRESSION_CHARS_MAX, EXPRESSION_DEPTH_MAX};

/// Why an expression cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ExpressionError {
    /// Nothing is there.
    #[error("it is empty")]
    Empty,
    /// Too long or too deep.
    #[error("it is too long")]
    TooLong,
    /// A name nobody gave.
    #[error("there is no {0:?}")]
    Unknown(String),
    /// A word at the wrong place.
    #[error("{0:?} is not expected there")]
    Unexpected(String),
}

/// Conditions and how they are joined. `AND` binds closer than `OR`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Logic {
    /// The condition with this number.
    Condition(usize),
    /// Not.
    Not(Box<Self>),
    /// All.
    All(Vec<Self>),
    /// Any.
    Any(Vec<Self>),
}

/// A formula over variables.
#[derive(Debug, Clone, PartialEq)]
pub enum Formula {
    /// The variable with this number.
    Variable(usize),
    /// A number.
    Number(f64),
    /// Two formulas and what is done with them: `+ - * /`.
    Both(Box<Self>, char, Box<Self>),
}

type Words = Peekable<IntoIter<String>>;

fn words(text: &str) -> Result<Words, ExpressionError> {
    if text.len() > EXPRESSION_CHARS_MAX {
        return Err(ExpressionError::TooLong);
    }
    let mut words: Vec<String> = Vec::new();
    let mut word = String::new();
    for c in text.chars() {
        let alone = matches!(c, '(' | ')' | '+' | '-' | '*' | '/');
        if (alone || c.is_whitespace() || matches!(c, '{' | '}')) && !word.is_empty() {
            words.push(std::mem::take(&mut word));
        }
        if alone {
            words.push(c.to_string());
        } else if !c.is_whitespace() && !matches!(c, '{' | '}') {
            word.push(c); // braces around variables mean nothing
        }
    }
    if !word.is_empty() {
        words.push(word);
    }
    if words.is_empty() { Err(ExpressionError::Empty) } else { Ok(words.into_iter().peekable()) }
}

fn done(mut words: Words) -> Result<(), ExpressionError> {
    words.next().map_or(Ok(()), |word| Err(ExpressionError::Unexpected(word)))
}

fn close(words: &mut Words) -> Result<(), ExpressionError> {
    match words.next() {
        Some(word) if word == ")" => Ok(()),
        word => Err(ExpressionError::Unexpected(word.unwrap_or_default())),
    }
}

fn number_of(names: &[&str], word: &str) -> Option<usize> {
    names.iter().position(|name| *name == word)
}

impl Logic {
    /// Reads an expression over conditions of these names.
    ///
    /// # Errors
    /// When it cannot be read or names a condition that is not there.
    pub fn parse(text: &str, names: &[&str]) -> Result<Self, ExpressionError> {
        let mut words = words(text)?;
        let logic = Self::any(&mut words, names, 0)?;
        done(words)?;
        Ok(logic)
    }

    fn any(words: &mut Words, names: &[&str], depth: usize) -> Result<Self, ExpressionError> {
        let mut parts = vec![Self::all(words, names, depth)?];
        while words.next_if(|word| word.eq_ignore_ascii_case("OR")).is_some() {
            parts.push(Self::all(words, names, depth)?);
        }
        Ok(if parts.len() == 1 { parts.remove(0) } else { Self::Any(parts) })
    }

    fn all(words: &mut Words, names: &[&str], depth: usize) -> Result<Self, ExpressionError> {
        let mut parts = vec![Self::one(words, names, depth)?];
        while words.next_if(|word| word.eq_ignore_ascii_case("AND")).is_some() {
            parts.push(Self::one(words, names, depth)?);
        }
        Ok(if parts.len() == 1 { parts.remove(0) } else { Self::All(parts) })
    }

    fn one(words: &mut Words, names: &[&str], depth: usize) -> Result<Self, ExpressionError> {
        if depth > EXPRESSION_DEPTH_MAX {
            return Err(ExpressionError::TooLong);
        }
        let word = words.next().ok_or(ExpressionError::Empty)?;
        if word == "(" {
            let inner = Self::any(words, names, depth + 1)?;
            close(words)?;
            return Ok(inner);
        }
        if let Some(index) = number_of(names, &word) {
            return Ok(Self::Condition(index));
        }
        if word.eq_ignore_ascii_case("NOT") {
            return Ok(Self::Not(Box::new(Self::one(words, names, depth + 1)?)));
        }
        Err(ExpressionError::Unknown(word))
    }

    /// Whether it holds, when `conditions` do.
    #[must_use]
    pub fn holds(&self, conditions: &[bool]) -> bool {
        match self {
            Self::Condition(index) => conditions.get(*index).copied().unwrap_or(false),
            Self::Not(inner) => !inner.holds(conditions),
            Self::All(parts) => parts.iter().all(|part| part.holds(conditions)),
            Self::Any(parts) => parts.iter().any(|part| part.holds(conditions)),
        }
    }
}

impl Formula {
    /// Reads a formula over variables of these names; braces around a name mean nothing.
    ///
    /// # Errors
    /// When it cannot be read or names a variable that is not there.
    pub fn parse(text: &str, names: &[&str]) -> Result<Self, ExpressionError> {
        let mut words = words(text)?;
        let formula = Self::sum(&mut words, names, 0)?;
        done(words)?;
        Ok(formula)
    }

    fn chain(
        words: &mut Words,
        names: &[&str],
        depth: usize,
        operators: [&str; 2],
        part: fn(&mut Words, &[&str], usize) -> Result<Self, ExpressionError>,
    ) -> Result<Self, ExpressionError> {
        let mut formula = part(words, names, depth)?;
        while let Some(operator) = words.next_if(|word| operators.contains(&word.as_str())) {
            let right = part(words, names, depth)?;
            let operator = operator.chars().next().unwrap_or('+');
            formula = Self::Both(Box::new(formula), operator, Box::new(right));
        }
        Ok(formula)
    }

    fn sum(words: &mut Words, names: &[&str], depth: usize) -> Result<Self, ExpressionError> {
        Self::chain(words, names, depth, ["+", "-"], Self::product)
    }

    fn product(words: &mut Words, names: &[&str], depth: usize) -> Result<Self, ExpressionError> {
        Self::chain(words, names, depth, ["*", "/"], Self::one)
    }

    fn one(words: &mut Words, names: &[&str], depth: usize) -> Result<Self, ExpressionError> {
        if depth > EXPRESSION_DEPTH_MAX {
            return Err(ExpressionError::TooLong);
        }
        let word = words.next().ok_or(ExpressionError::Empty)?;
        if word == "(" {
            let inner = Self::sum(words, names, depth + 1)?;
            close(words)?;
            return Ok(inner);
        }
        if word == "-" {
            let inner = Self::one(words, names, depth + 1)?;
            return Ok(Self::Both(Box::new(Self::Number(0.0)), '-', Box::new(inner)));
        }
        if let Some(index) = number_of(names, &word) {
            return Ok(Self::Variable(index));
        }
        match word.parse::<f64>() {
            Ok(number) if number.is_finite() => Ok(Self::Number(number)),
            _ => Err(ExpressionError::Unknown(word)),
        }
    }

    /// Its value; `None` when a variable has none or something is divided by zero.
    #[must_use]
    pub fn value(&self, variables: &[Option<f64>]) -> Option<f64> {
        match self {
            Self::Number(number) => Some(*number),
            Self::Variable(index) => variables.get(*index).copied().flatten(),
            Self::Both(left, operator, right) => {
                let (left, right) = (left.value(variables)?, right.value(variables)?);
                let value = match operator {
                    '+' => left + right,
                    '-' => left - right,
                    '*' => left * right,
                    _ => left / right,
                };
                value.is_finite().then_some(value)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logic() {
        let names = ["A", "B", "C", "D"];
        let holds = |text: &str, conditions: [bool; 4]| {
            Logic::parse(text, &names).map(|logic| logic.holds(&conditions))
        };
        let (y, n) = (true, false);
        assert_eq!(holds("(A AND B) OR (C and D)", [n, y, y, y]), Ok(true));
        assert_eq!(holds("(A AND B) OR (C AND D)", [y, n, y, n]), Ok(false));
        assert_eq!(holds("A OR B AND C", [y, n, n, n]), Ok(true));
        assert_eq!(holds("(A OR B) AND NOT C", [y, n, n, n]), Ok(true));
        assert_eq!(holds("A AND E", [y; 4]), Err(ExpressionError::Unknown("E".into())));
        assert_eq!(holds("A B", [y; 4]), Err(ExpressionError::Unexpected("B".into())));
        assert_eq!(holds("(A", [y; 4]), Err(ExpressionError::Unexpected(String::new())));
        assert_eq!(holds(&"(".repeat(900), [y; 4]), Err(ExpressionError::TooLong));
    }

    #[test]
    fn formulas() {
        let value =
            |text: &str| Formula::parse(text, &["errors", "calls"]).unwrap().value(&[Some(5.0), Some(20.0)]);
        assert_eq!(value("{errors} / {calls} * 100"), Some(25.0));
        assert_eq!(value("-errors + 2 * (calls - 1.5)"), Some(32.0));
        assert_eq!(value("errors / (calls - 20)"), None);
        assert_eq!(Formula::parse("errors", &["errors"]).unwrap().value(&[None]), None);
        assert!(Formula::parse("errors +", &["errors"]).is_err());
    }
}
