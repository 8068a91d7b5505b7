//! The connection beneath HTTP: plain TCP, or TLS by rustls with ring.
//!
//! No process-wide default of rustls is installed: the host may have its own.

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::path::Path;

/// A connection.
pub enum Stream {
    /// Unencrypted.
    Plain(TcpStream),
    /// Encrypted.
    #[cfg(feature = "tls")]
    Tls(Box<rustls::StreamOwned<rustls::ClientConnection, TcpStream>>),
}

impl Read for Stream {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Plain(stream) => stream.read(buffer),
            #[cfg(feature = "tls")]
            Self::Tls(stream) => stream.read(buffer),
        }
    }
}

impl Write for Stream {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Plain(stream) => stream.write(bytes),
            #[cfg(feature = "tls")]
            Self::Tls(stream) => stream.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Plain(stream) => stream.flush(),
            #[cfg(feature = "tls")]
            Self::Tls(stream) => stream.flush(),
        }
    }
}

/// Why there is no TLS.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// Built without it.
    #[cfg(not(feature = "tls"))]
    #[error("this agent was built without TLS; use its usual build or switch ssl off")]
    NotBuiltIn,
    /// The certificates cannot be read.
    #[cfg(feature = "tls")]
    #[error("no certificates to trust in {0}; give a PEM file in the setting `certificate`")]
    Certificates(String),
    /// Not a name certificates are made for.
    #[cfg(feature = "tls")]
    #[error("{0} is not a name that a certificate could be for")]
    Name(String),
    /// rustls refused.
    #[cfg(feature = "tls")]
    #[error("{0}")]
    Refused(String),
}

/// Certificates to trust, loaded once and only when first needed.
pub struct TlsSetup {
    #[cfg(feature = "tls")]
    config: std::sync::Arc<rustls::ClientConfig>,
}

#[cfg(not(feature = "tls"))]
impl TlsSetup {
    /// Not built in.
    ///
    /// # Errors
    /// Always.
    pub fn load(_certificate: Option<&Path>) -> Result<Self, TlsError> {
        Err(TlsError::NotBuiltIn)
    }

    /// Not built in.
    ///
    /// # Errors
    /// Always.
    pub fn wrap(&self, _plain: Stream, _host: &str) -> Result<Stream, TlsError> {
        Err(TlsError::NotBuiltIn)
    }
}

#[cfg(feature = "tls")]
impl TlsSetup {
    /// Trusts the certificates in a PEM file, or else the system's.
    ///
    /// # Errors
    /// When there is no certificate to trust.
    pub fn load(certificate: Option<&Path>) -> Result<Self, TlsError> {
        use rustls::pki_types::CertificateDer;
        use rustls::pki_types::pem::PemObject;

        let mut roots = rustls::RootCertStore::empty();
        let place = match certificate {
            Some(path) => {
                let place = path.display().to_string();
                let bytes = crate::settings::read_config_file(path, crate::limits::CERTIFICATE_BYTES_MAX)
                    .map_err(|error| TlsError::Certificates(format!("{place} ({error})")))?;
                roots.add_parsable_certificates(CertificateDer::pem_slice_iter(&bytes).flatten());
                place
            }
            None => {
                roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
                "the system's store".to_owned()
            }
        };
        if roots.is_empty() {
            return Err(TlsError::Certificates(place));
        }
        let provider = std::sync::Arc::new(rustls::crypto::ring::default_provider());
        let config = rustls::ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|error| TlsError::Refused(error.to_string()))?
            .with_root_certificates(roots)
            .with_no_client_auth();
        Ok(Self { config: std::sync::Arc::new(config) })
    }

    /// Encrypts a connection. The handshake happens with the first bytes.
    ///
    /// # Errors
    /// When the host's name cannot be in a certificate.
    pub fn wrap(&self, plain: Stream, host: &str) -> Result<Stream, TlsError> {
        let Stream::Plain(tcp) = plain else { return Ok(plain) };
        let name = rustls::pki_types::ServerName::try_from(host.to_owned())
            .map_err(|_| TlsError::Name(host.to_owned()))?;
        let connection = rustls::ClientConnection::new(self.config.clone(), name)
            .map_err(|error| TlsError::Refused(error.to_string()))?;
        Ok(Stream::Tls(Box::new(rustls::StreamOwned::new(connection, tcp))))
    }
}
