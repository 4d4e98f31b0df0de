//! AES-128-CBC as XML Encryption writes it, and the MAC over it.

use aes::Aes128;
use cbc::{
    Decryptor, Encryptor,
    cipher::{BlockModeDecrypt, BlockModeEncrypt, KeyIvInit, block_padding::NoPadding},
};
use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::keys::FileKey;

const BLOCK: usize = 16;

/// The algorithm's name in XML Encryption.
pub(crate) const AES_128_CBC: &str = "http://www.w3.org/2001/04/xmlenc#aes128-cbc";
/// The MAC's name in XML Signature: what RFC 6030 asks everybody to know.
pub(crate) const HMAC_SHA1: &str = "http://www.w3.org/2000/09/xmldsig#hmac-sha1";

/// Opens `initialisation vector ‖ ciphertext`. The last byte says how many bytes of the last block are padding; what the others
/// are is nobody's business (XML Encryption, section 5.2). `None` when that can't be.
pub(crate) fn open(key: &FileKey, sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let (vector, ciphertext) = sealed.split_at_checked(BLOCK)?;
    if ciphertext.is_empty() {
        return None;
    }
    let cipher = Decryptor::<Aes128>::new_from_slices(&**key, vector).ok()?;
    let mut plain = Zeroizing::new(ciphertext.to_vec());
    cipher.decrypt_padded::<NoPadding>(&mut plain).ok()?;
    let padding = usize::from(*plain.last()?);
    if !(1..=BLOCK).contains(&padding) {
        return None;
    }
    let length = plain.len() - padding;
    plain.truncate(length);
    Some(plain)
}

/// The reverse of [`open`], padded as PKCS 7 has it.
pub(crate) fn seal(key: &FileKey, vector: [u8; BLOCK], plain: &[u8]) -> Option<Vec<u8>> {
    let padding = BLOCK - plain.len() % BLOCK;
    let mut padded = Zeroizing::new(Vec::with_capacity(plain.len() + padding));
    padded.extend_from_slice(plain);
    padded.resize(plain.len() + padding, u8::try_from(padding).ok()?);
    let cipher = Encryptor::<Aes128>::new_from_slices(&**key, &vector).ok()?;
    let length = padded.len();
    let ciphertext = cipher.encrypt_padded::<NoPadding>(&mut padded, length).ok()?;
    Some([vector.as_slice(), ciphertext].concat())
}

/// How a MAC is computed.
#[derive(Clone, Copy, Debug)]
pub(crate) enum MacMethod {
    Sha1,
    Sha256,
}

impl MacMethod {
    pub(crate) fn named(name: &str) -> Option<Self> {
        let name = name.to_ascii_lowercase();
        if name.ends_with("#hmac-sha1") {
            Some(Self::Sha1)
        } else if name.ends_with("#hmac-sha256") {
            Some(Self::Sha256)
        } else {
            None
        }
    }

    /// Compares in constant time.
    pub(crate) fn is_right(self, key: &[u8], sealed: &[u8], mac: &[u8]) -> bool {
        match self {
            Self::Sha1 => verify::<Hmac<Sha1>>(key, sealed, mac),
            Self::Sha256 => verify::<Hmac<Sha256>>(key, sealed, mac),
        }
    }
}

/// The MAC of what is exported.
pub(crate) fn mac_of(key: &[u8], sealed: &[u8]) -> Option<Vec<u8>> {
    let mac = Hmac::<Sha1>::new_from_slice(key).ok()?.chain_update(sealed);
    Some(mac.finalize().into_bytes().to_vec())
}

fn verify<M: Mac + KeyInit>(key: &[u8], sealed: &[u8], mac: &[u8]) -> bool {
    let keyed = <M as KeyInit>::new_from_slice(key);
    keyed.is_ok_and(|keyed| keyed.chain_update(sealed).verify_slice(mac).is_ok())
}

#[cfg(test)]
mod tests {
    use base64::{Engine, prelude::BASE64_STANDARD};

    use super::*;

    fn bytes(base64: &str) -> Vec<u8> {
        BASE64_STANDARD.decode(base64).unwrap()
    }

    #[test]
    fn the_example_of_rfc_6030_section_6_1_opens() {
        let key = Zeroizing::new([
            0x12, 0x34, 0x56, 0x78, 0x90, 0x12, 0x34, 0x56, 0x78, 0x90, 0x12, 0x34, 0x56, 0x78,
            0x90, 0x12,
        ]);
        let mac_key = "ESIzRFVmd4iZABEiM0RVZgKn6WjLaTC1sbeBMSvIhRejN9vJa2BOlSaMrR7I5wSX";
        let mac_key = open(&key, &bytes(mac_key)).unwrap();
        assert_eq!(hex::encode(&*mac_key), "1122334455667788990011223344556677889900");
        let sealed = bytes("AAECAwQFBgcICQoLDA0OD+cIHItlB3Wra1DUpxVvOx2lef1VmNPCMl8jwZqIUqGv");
        let mac = bytes("Su+NvtQfmvfJzF6bmQiJqoLRExc=");
        assert!(MacMethod::Sha1.is_right(&mac_key, &sealed, &mac));
        assert_eq!(&*open(&key, &sealed).unwrap(), b"12345678901234567890");
        assert_eq!(mac_of(&mac_key, &sealed).unwrap(), mac);
    }

    #[test]
    fn what_is_sealed_opens_and_one_wrong_bit_breaks_its_mac() {
        let key = Zeroizing::new([7; 16]);
        for length in [16, 20, 31, 32, 64] {
            let plain = vec![9; length];
            let mut sealed = seal(&key, [3; 16], &plain).unwrap();
            assert_eq!(*open(&key, &sealed).unwrap(), plain);
            let mac = mac_of(&[5; 20], &sealed).unwrap();
            sealed[17] ^= 1;
            assert!(!MacMethod::Sha1.is_right(&[5; 20], &sealed, &mac));
        }
    }

    #[test]
    fn what_is_no_whole_block_is_refused() {
        for length in [0, 1, 16, 17, 33] {
            assert!(open(&Zeroizing::new([7; 16]), &vec![0; length]).is_none());
        }
    }
}
