//! Base 32 without padding (RFC 4648 section 6), as `otpauth:` and people's set-up keys write it.

use zeroize::Zeroizing;

const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// Upper case, no padding.
pub(crate) fn encode(bytes: &[u8]) -> Zeroizing<String> {
    let mut text = Zeroizing::new(String::with_capacity(bytes.len().div_ceil(5) * 8));
    let (mut buffer, mut bits) = (0_u16, 0_u8);
    for byte in bytes {
        buffer = (buffer << 8) | u16::from(*byte);
        bits += 8;
        while bits >= 5 {
            bits -= 5;
            text.push(symbol(buffer >> bits));
        }
        buffer &= (1 << bits) - 1;
    }
    if bits > 0 {
        text.push(symbol(buffer << (5 - bits)));
    }
    text
}

/// Either case; `None` for any other character, an impossible length, or bits left over, so that
/// each value has one spelling.
pub(crate) fn decode(text: &str) -> Option<Zeroizing<Vec<u8>>> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(text.len() * 5 / 8 + 1));
    let (mut buffer, mut bits) = (0_u16, 0_u8);
    for letter in text.bytes() {
        buffer = (buffer << 5) | u16::from(value(letter)?);
        bits += 5;
        if bits >= 8 {
            bits -= 8;
            bytes.push(u8::try_from(buffer >> bits).ok()?);
            buffer &= (1 << bits) - 1;
        }
    }
    (bits < 5 && buffer == 0).then_some(bytes)
}

fn symbol(index: u16) -> char {
    char::from(ALPHABET[usize::from(index & 31)])
}

fn value(letter: u8) -> Option<u8> {
    match letter {
        b'A'..=b'Z' => Some(letter - b'A'),
        b'a'..=b'z' => Some(letter - b'a'),
        b'2'..=b'7' => Some(letter - b'2' + 26),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_vectors_of_rfc_4648_hold_without_padding() {
        let vectors = [
            ("", ""),
            ("f", "MY"),
            ("fo", "MZXQ"),
            ("foo", "MZXW6"),
            ("foob", "MZXW6YQ"),
            ("fooba", "MZXW6YTB"),
            ("foobar", "MZXW6YTBOI"),
        ];
        for (plain, coded) in vectors {
            assert_eq!(*encode(plain.as_bytes()), coded);
            assert_eq!(*decode(coded).unwrap(), plain.as_bytes());
        }
    }

    #[test]
    fn impossible_lengths_left_over_bits_and_other_letters_are_refused() {
        for text in ["A", "MZ0", "MZXW6YQ=", "MZ XQ", "MZ1", "MZXW6Z", "MZé"] {
            assert!(decode(text).is_none(), "{text} was accepted");
        }
    }

    proptest! {
        #[test]
        fn what_is_encoded_decodes_to_the_same_in_either_case(bytes: Vec<u8>) {
            let text = encode(&bytes);
            prop_assert_eq!(&*decode(&text).unwrap(), &bytes);
            prop_assert_eq!(&*decode(&text.to_lowercase()).unwrap(), &bytes);
        }

        #[test]
        fn any_text_is_answered_and_each_value_has_one_spelling(text in ".{0,40}") {
            if let Some(bytes) = decode(&text) {
                prop_assert_eq!(&*encode(&bytes), &text.to_uppercase());
            }
        }
    }
}
