//! Tokens as a PSKC container, written one after the other.

use std::io::{self, Write};

use base64::{Engine, prelude::BASE64_STANDARD};
use kinfold_token::Algorithm;
use quick_xml::escape::escape;
use zeroize::Zeroizing;

use crate::{
    cipher::{self, AES_128_CBC, HMAC_SHA1},
    keys::TransportKey,
    row::FileToken,
};

/// How the secrets of an exported file are protected. Keys and vectors come from the caller's randomness.
pub enum Protection {
    /// AES-128-CBC under a pre-shared key, with a MAC.
    Encrypted {
        /// The pre-shared key, which travels by another way than the file.
        key: TransportKey,
        /// The MAC's key; it travels in the file, encrypted.
        mac_key: Zeroizing<[u8; 20]>,
        /// The initialisation vector of the MAC's key.
        vector: [u8; 16],
    },
    /// Readable by everybody who has the file.
    Plain,
}

/// Writes a container: [`begin`](Self::begin), each token, [`end`](Self::end).
pub struct PskcWriter<W> {
    out: W,
    protection: Protection,
}

impl<W: Write> PskcWriter<W> {
    /// Writes the head.
    pub fn begin(mut out: W, protection: Protection) -> io::Result<Self> {
        out.write_all(
            b"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
            <pskc:KeyContainer Version=\"1.0\" xmlns:pskc=\"urn:ietf:params:xml:ns:keyprov:pskc\"\n \
            xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\" xmlns:xenc=\"http://www.w3.org/2001/04/xmlenc#\">\n",
        )?;
        if let Protection::Encrypted { key, mac_key, vector } = &protection {
            let sealed = cipher::seal(&key.0, *vector, &**mac_key).ok_or_else(unsealed)?;
            write!(
                out,
                " <pskc:EncryptionKey><ds:KeyName>Pre-shared-key</ds:KeyName></pskc:EncryptionKey>\n \
                <pskc:MACMethod Algorithm=\"{HMAC_SHA1}\">\n  <pskc:MACKey>\
                <xenc:EncryptionMethod Algorithm=\"{AES_128_CBC}\"/><xenc:CipherData><xenc:CipherValue>{}\
                </xenc:CipherValue></xenc:CipherData></pskc:MACKey>\n </pskc:MACMethod>\n",
                BASE64_STANDARD.encode(sealed)
            )?;
        }
        Ok(Self { out, protection })
    }

    /// Writes one token; `vector` is fresh for each and not used when the file is plain.
    pub fn token(&mut self, token: &FileToken, vector: [u8; 16]) -> io::Result<()> {
        let (serial, maker) = (token.serial.as_str(), escape(token.maker.as_str()));
        let suite = match token.parameters.algorithm {
            Algorithm::Sha1 => "HMAC-SHA1",
            Algorithm::Sha256 => "HMAC-SHA256",
            Algorithm::Sha512 => "HMAC-SHA512",
        };
        let secret = self.secret(token, vector)?;
        write!(
            self.out,
            " <pskc:KeyPackage>\n  <pskc:DeviceInfo>{}<pskc:SerialNo>{}</pskc:SerialNo></pskc:DeviceInfo>\n  \
            <pskc:Key Id=\"{}\" Algorithm=\"urn:ietf:params:xml:ns:keyprov:pskc:totp\">\n   \
            <pskc:AlgorithmParameters><pskc:Suite>{suite}</pskc:Suite>\
            <pskc:ResponseFormat Encoding=\"DECIMAL\" Length=\"{}\"/></pskc:AlgorithmParameters>\n   \
            <pskc:Data>{}<pskc:Time><pskc:PlainValue>0</pskc:PlainValue></pskc:Time>\
            <pskc:TimeInterval><pskc:PlainValue>{}</pskc:PlainValue></pskc:TimeInterval></pskc:Data>\n  \
            </pskc:Key>\n </pskc:KeyPackage>\n",
            if maker.is_empty() {
                String::new()
            } else {
                format!("<pskc:Manufacturer>{maker}</pskc:Manufacturer>")
            },
            escape(serial),
            escape(serial),
            token.parameters.digits.count(),
            *secret,
            token.parameters.step.seconds(),
        )
    }

    /// What was written to, so that it can be taken away piece by piece.
    pub const fn written(&mut self) -> &mut W {
        &mut self.out
    }

    /// Writes the end and gives the writer back.
    pub fn end(mut self) -> io::Result<W> {
        self.out.write_all(b"</pskc:KeyContainer>\n")?;
        self.out.flush()?;
        Ok(self.out)
    }

    fn secret(&self, token: &FileToken, vector: [u8; 16]) -> io::Result<Zeroizing<String>> {
        let Protection::Encrypted { key, mac_key, .. } = &self.protection else {
            let plain = Zeroizing::new(BASE64_STANDARD.encode(token.seed.expose()));
            return Ok(Zeroizing::new(format!(
                "<pskc:Secret><pskc:PlainValue>{}</pskc:PlainValue></pskc:Secret>",
                *plain
            )));
        };
        let sealed = cipher::seal(&key.0, vector, token.seed.expose()).ok_or_else(unsealed)?;
        let mac = cipher::mac_of(&**mac_key, &sealed).ok_or_else(unsealed)?;
        Ok(Zeroizing::new(format!(
            "<pskc:Secret><pskc:EncryptedValue><xenc:EncryptionMethod Algorithm=\"{AES_128_CBC}\"/>\
            <xenc:CipherData><xenc:CipherValue>{}</xenc:CipherValue></xenc:CipherData></pskc:EncryptedValue>\
            <pskc:ValueMAC>{}</pskc:ValueMAC></pskc:Secret>",
            BASE64_STANDARD.encode(sealed),
            BASE64_STANDARD.encode(mac)
        )))
    }
}

fn unsealed() -> io::Error {
    io::Error::other("a secret could not be encrypted")
}

#[cfg(test)]
#[path = "write_tests.rs"]
mod tests;
