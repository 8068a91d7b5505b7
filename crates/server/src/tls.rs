//! TLS: a certificate and its key from two files, read again when they change or on SIGHUP.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::SystemTime;

use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

use crate::log;

/// Why TLS cannot be spoken.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file.
    #[error("cannot read {what} from {}: {reason}", path.display())]
    File {
        /// What should be in it.
        what: &'static str,
        /// Which.
        path: PathBuf,
        /// Why not.
        reason: String,
    },
    /// The two do not fit.
    #[error("the certificate and the key cannot be used together: {0}")]
    Pair(rustls::Error),
}

/// What says whether a file changed.
type Look = (Option<SystemTime>, u64);

/// The present configuration and where it came from.
pub struct Tls {
    certificate: PathBuf,
    key: PathBuf,
    config: RwLock<Arc<ServerConfig>>,
    looks: Mutex<[Look; 2]>,
}

impl Tls {
    /// From a file with the certificate and those above it, and a file with its private key, both PEM. Blocks.
    ///
    /// # Errors
    /// When they cannot be read or do not fit.
    pub fn open(certificate: &Path, key: &Path) -> Result<Self, TlsError> {
        let config = read(certificate, key)?;
        Ok(Self {
            certificate: certificate.to_owned(),
            key: key.to_owned(),
            config: RwLock::new(config),
            looks: Mutex::new([look(certificate), look(key)]),
        })
    }

    /// What the next connection is greeted with.
    #[must_use]
    pub fn config(&self) -> Arc<ServerConfig> {
        Arc::clone(&self.config.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Reads the files again when they changed, or in any case when `forced`. What cannot be used is said in the log,
    /// and the former certificate stays. Blocks.
    pub fn look_again(&self, forced: bool) {
        let now = [look(&self.certificate), look(&self.key)];
        {
            let mut looks = self.looks.lock().unwrap_or_else(PoisonError::into_inner);
            if *looks == now && !forced {
                return;
            }
            *looks = now;
        }
        match read(&self.certificate, &self.key) {
            Ok(config) => {
                *self.config.write().unwrap_or_else(PoisonError::into_inner) = config;
                log::line("the TLS certificate was read again");
            }
            // Perhaps one of the two files is written before the other; the next look finds both.
            Err(error) => log::line(&format!("the TLS certificate stays as it was: {error}")),
        }
    }
}

fn look(path: &Path) -> Look {
    std::fs::metadata(path).map_or((None, 0), |found| (found.modified().ok(), found.len()))
}

fn read(certificate: &Path, key: &Path) -> Result<Arc<ServerConfig>, TlsError> {
    let file = |what, path: &Path, reason: &dyn std::fmt::Display| TlsError::File {
        what,
        path: path.to_owned(),
        reason: reason.to_string(),
    };
    let chain: Result<Vec<CertificateDer<'static>>, _> =
        CertificateDer::pem_file_iter(certificate).and_then(Iterator::collect);
    let chain = chain.map_err(|error| file("a certificate", certificate, &error))?;
    if chain.is_empty() {
        return Err(file("a certificate", certificate, &"there is none in it"));
    }
    let private = PrivateKeyDer::from_pem_file(key).map_err(|error| file("a private key", key, &error))?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(TlsError::Pair)?
        .with_no_client_auth()
        .with_single_cert(chain, private)
        .map_err(TlsError::Pair)?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(Arc::new(config))
}
