//! Random secrets, and comparing them without telling how far they agree.

use blake2::{Blake2s256, Digest as _};
use subtle::ConstantTimeEq as _;

/// The system gave no random bytes. Nothing safe can be done without.
#[derive(Debug, thiserror::Error)]
#[error("the operating system gave no random numbers: {0}")]
pub struct NoRandomness(getrandom::Error);

/// `N` random bytes.
///
/// # Errors
/// When the operating system gives none.
pub fn random<const N: usize>() -> Result<[u8; N], NoRandomness> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(NoRandomness)?;
    Ok(bytes)
}

/// A random text of letters and digits that is easy to copy: 120 bits in 24 characters of a 32-letter alphabet.
///
/// # Errors
/// When the operating system gives no random numbers.
pub fn token() -> Result<String, NoRandomness> {
    const ALPHABET: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
    let bytes: [u8; 24] = random()?;
    Ok(bytes.iter().map(|byte| char::from(ALPHABET[usize::from(byte % 32)])).collect())
}

/// What is kept of a secret that only has to be recognised.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Fingerprint([u8; 32]);

/// The fingerprint of `parts`, which cannot run into each other, under a key that is new with every start.
#[must_use]
pub fn fingerprint(key: &[u8; 32], parts: &[&str]) -> Fingerprint {
    let mut hash = Blake2s256::new();
    hash.update(key);
    for part in parts {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part.as_bytes());
    }
    Fingerprint(hash.finalize().into())
}

/// A hash to keep of a secret that is random and long. Not for passwords: those need a slow one.
#[must_use]
pub fn hash(secret: &str) -> String {
    let bytes: [u8; 32] = Blake2s256::digest(secret.as_bytes()).into();
    hex(&bytes)
}

/// Lower-case hexadecimal digits.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A random UUID (version 4): what clients expect a client secret to look like.
///
/// # Errors
/// When the operating system gives no random numbers.
pub fn uuid() -> Result<String, NoRandomness> {
    let mut bytes: [u8; 16] = random()?;
    bytes[6] = bytes[6] & 0x0f | 0x40;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let text = hex(&bytes);
    let part = |from: usize, to: usize| text.get(from..to).unwrap_or_default();
    Ok([part(0, 8), part(8, 12), part(12, 16), part(16, 20), part(20, 32)].join("-"))
}

/// Compares in a time that depends on the lengths only.
#[must_use]
pub fn same(a: &str, b: &str) -> bool {
    a.as_bytes().ct_eq(b.as_bytes()).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_differ_and_are_plain() {
        let (a, b) = (token().unwrap(), token().unwrap());
        assert_ne!(a, b);
        assert!(a.len() == 24 && a.chars().all(|c| c.is_ascii_alphanumeric()));
    }

    #[test]
    fn parts_do_not_run_into_each_other() {
        let key = [1; 32];
        assert!(fingerprint(&key, &["ab", "c"]) != fingerprint(&key, &["a", "bc"]));
        assert!(fingerprint(&key, &["a"]) == fingerprint(&key, &["a"]));
        assert!(fingerprint(&key, &["a"]) != fingerprint(&[2; 32], &["a"]));
    }
}
