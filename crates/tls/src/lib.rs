//! What both ends of the way between two nodes need: mutual TLS 1.3 (RFC 8446) with the Ed25519 keys that a signed agreement names.
//!
//! A node shows a certificate that it signed itself with its own node key. Nobody vouches for it: a peer is whoever proves to
//! hold a key that the agreement names *at the moment of the handshake*. Nothing is resumed, so that every connection proves it
//! anew.
//!
//! Architecture invariant: this crate opens no socket, reads no file and no clock, and knows nothing of agreements or messages:
//! which keys are accepted, and the time, are asked of the caller at each handshake.

mod certificate;
mod config;
mod credential;
mod failure;
mod parse;
mod verifier;

pub use certificate::{
    CertificateError, DEFAULT_DAYS, NodeCertificate, Outdated, RENEW_WITHIN_DAYS, Validity,
};
pub use config::{ALPN, AcceptedKeys, Now, client_config, peer_certificate, server_config};
pub use credential::Credential;
pub use failure::HandshakeFailure;
