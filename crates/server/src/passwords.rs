//! What may be a password (OWASP ASVS 4.0, 2.1), and how it is kept.

use argon2::Argon2;
use argon2::password_hash::{PasswordHasher as _, SaltString};

use crate::limits::{PASSWORD_BYTES_MAX, PASSWORD_CHARS_MIN};
use crate::secret;
use crate::users::UserError;

/// What is wrong with a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PasswordFault {
    /// ASVS 2.1.1.
    #[error(
        "the password is too short: it must have at least {PASSWORD_CHARS_MIN} characters, several blanks in a row count as one"
    )]
    Short,
    /// ASVS 2.1.2 allows 128 and asks for a bound.
    #[error("the password is longer than {PASSWORD_BYTES_MAX} bytes")]
    Long,
    /// ASVS 2.1.7.
    #[error(
        "the password is among those that everybody tries first: a common word or the user's name with something around it, one piece repeated, or keys in a row"
    )]
    Common,
}

/// Words that head the published lists of passwords that leaked, and those of this product. A password that is nothing
/// but one of them, with digits and signs around it or repeated, is refused.
const WORDS: [&str; 44] = [
    "password",
    "passwort",
    "passwd",
    "pass",
    "secret",
    "qwerty",
    "qwertyuiop",
    "qwertz",
    "azerty",
    "asdfgh",
    "asdfghjkl",
    "zxcvbnm",
    "letmein",
    "welcome",
    "admin",
    "administrator",
    "root",
    "user",
    "guest",
    "test",
    "demo",
    "iloveyou",
    "monkey",
    "dragon",
    "football",
    "baseball",
    "sunshine",
    "princess",
    "superman",
    "batman",
    "master",
    "shadow",
    "trustno",
    "changeme",
    "default",
    "login",
    "starwars",
    "whatever",
    "computer",
    "internet",
    "michael",
    "jordan",
    "tierline",
    "controller",
];

/// Keys that lie side by side, and letters and digits in their order.
const ROWS: [&str; 7] = [
    "01234567890123456789",
    "abcdefghijklmnopqrstuvwxyz",
    "qwertyuiopasdfghjklzxcvbnm",
    "qwertzuiopasdfghjklyxcvbnm",
    "azertyuiopqsdfghjklmwxcvbn",
    "1q2w3e4r5t6z7u8i9o0p",
    "1q2w3e4r5t6y7u8i9o0p",
];

/// Whether `password` may be one of `user`.
///
/// # Errors
/// What is wrong with it.
pub fn check(user: &str, password: &str) -> Result<(), PasswordFault> {
    if password.len() > PASSWORD_BYTES_MAX {
        return Err(PasswordFault::Long);
    }
    let mut blank = false;
    let counted = password.chars().filter(|c| !(std::mem::replace(&mut blank, *c == ' ') && *c == ' '));
    if counted.count() < PASSWORD_CHARS_MIN {
        return Err(PasswordFault::Short);
    }
    if is_common(user, password) { Err(PasswordFault::Common) } else { Ok(()) }
}

fn is_common(user: &str, password: &str) -> bool {
    let lower: Vec<char> = password.to_lowercase().chars().collect();
    let piece = repeated(&lower);
    // One piece over and over says no more than the piece.
    if piece.len() < PASSWORD_CHARS_MIN && piece.len() < lower.len() {
        return true;
    }
    let text: String = lower.iter().collect();
    let reversed: String = lower.iter().rev().collect();
    if ROWS.iter().any(|row| row.repeat(2).contains(&text) || row.repeat(2).contains(&reversed)) {
        return true;
    }
    let plain = |text: &str| text.chars().map(unmasked).collect::<String>();
    let inner = |text: &str| text.trim_matches(|c: char| !c.is_alphabetic()).to_owned();
    [inner(&text), plain(&inner(&text)), inner(&plain(&text))].iter().any(|word| {
        let word: Vec<char> = word.chars().collect();
        let word: String = repeated(&word).iter().collect();
        word == user.to_lowercase() || WORDS.contains(&word.as_str())
    })
}

/// The shortest piece whose repetition the text is.
fn repeated(text: &[char]) -> &[char] {
    let whole = text.len();
    let fits = |length: &usize| {
        whole.is_multiple_of(*length)
            && text.iter().zip(text.iter().skip(*length)).all(|(one, next)| one == next)
    };
    (1..whole).find(fits).and_then(|length| text.get(..length)).unwrap_or(text)
}

/// Letters behind the signs people write them with.
const fn unmasked(c: char) -> char {
    match c {
        '0' => 'o',
        '1' | '!' => 'i',
        '3' => 'e',
        '4' | '@' => 'a',
        '5' | '$' => 's',
        '7' => 't',
        other => other,
    }
}

/// Hashes a password. Blocks for some 50 ms.
///
/// # Errors
/// When it may not be one, or cannot be hashed.
pub fn hash(user: &str, password: &str) -> Result<String, UserError> {
    check(user, password)?;
    let salt = SaltString::encode_b64(&secret::random::<16>()?).map_err(UserError::Hash)?;
    let hash = Argon2::default().hash_password(password.as_bytes(), &salt).map_err(UserError::Hash)?;
    Ok(hash.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_are_long_and_nobodys_first_guess() {
        for good in [
            "correct horse battery",
            "a-good-password",
            "Tr0ub4dor&3-and-more",
            "пароль-для-двоих",
            "ein Haus am See",
        ] {
            assert_eq!(check("anna", good), Ok(()), "{good}");
        }
        for short in ["", "elevenchars", "a          b", "пароль"] {
            assert_eq!(check("anna", short), Err(PasswordFault::Short), "{short}");
        }
        assert_eq!(check("anna", &"x y".repeat(400)), Err(PasswordFault::Long));
        for common in [
            "password1234",
            "P@ssw0rd!2026",
            "123456789012",
            "210987654321",
            "aaaaaaaaaaaa",
            "abcabcabcabc",
            "qwertyuiopas",
            "1q2w3e4r5t6y",
            "administrator",
            "annaanna2026",
            "Anna-1234567",
            "passwordpassword",
            "Tierline2026!",
            "abcdefghijkl",
        ] {
            assert_eq!(check("anna", common), Err(PasswordFault::Common), "{common}");
        }
    }

    #[test]
    fn hashes_are_argon2id_with_a_salt_of_their_own() {
        let [one, other] =
            [hash("anna", "a-good-password").unwrap(), hash("anna", "a-good-password").unwrap()];
        // What OWASP's password storage cheat sheet asks for at least: 19 MiB, two passes.
        assert!(one.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{one}");
        assert_ne!(one, other);
    }
}
