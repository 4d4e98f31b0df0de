//! Which characters the bytes of a message mean (MSH-18, HL7 table 0211).

/// How a message's bytes are read, and its acknowledgement's are written.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) enum Charset {
    /// UTF-8.
    #[default]
    Utf8,
    /// ISO 8859-1 as the web reads it (encoding.spec.whatwg.org): what it leaves to control characters is windows-1252, so that the
    /// apostrophe of many a name survives.
    Latin1,
}

/// windows-1252 for 0x80 to 0x9f; the five bytes that mean nothing there stay what they are.
const HIGH: [char; 32] = [
    '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}',
    '\u{90}', '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
];

impl Charset {
    /// What the sender says in MSH-18, as far as the bytes bear it out.
    pub(super) fn of(bytes: &[u8], said: &str) -> Self {
        let says_latin1 = matches!(said.trim(), "8859/1" | "ISO-8859-1" | "ISO8859-1");
        if !says_latin1 && std::str::from_utf8(bytes).is_ok() { Self::Utf8 } else { Self::Latin1 }
    }

    /// The bytes as text. Latin-1 reads every byte; bytes that are no UTF-8 are replaced.
    pub(super) fn decode(self, bytes: &[u8]) -> String {
        match self {
            Self::Utf8 => String::from_utf8_lossy(bytes).into_owned(),
            Self::Latin1 => bytes.iter().map(|byte| latin1(*byte)).collect(),
        }
    }

    /// The text as bytes; what Latin-1 lacks becomes a question mark.
    pub(super) fn encode(self, text: &str) -> Vec<u8> {
        match self {
            Self::Utf8 => text.as_bytes().to_vec(),
            Self::Latin1 => text.chars().map(latin1_byte).collect(),
        }
    }
}

fn latin1(byte: u8) -> char {
    let high = usize::from(byte).checked_sub(0x80).and_then(|place| HIGH.get(place));
    high.copied().unwrap_or(char::from(byte))
}

fn latin1_byte(c: char) -> u8 {
    let high = HIGH.iter().position(|known| *known == c);
    let high = high.and_then(|place| u8::try_from(place + 0x80).ok());
    high.or_else(|| u8::try_from(c).ok()).unwrap_or(b'?')
}
