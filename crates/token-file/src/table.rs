//! CSV files: one token a line, with or without a line of headings.
//!
//! ```text
//! serial,secret,algorithm,digits,step
//! 99912345,3132333435363738393031323334353637383930,sha1,6,30
//! ```

use std::io::BufRead;

use csv::{ByteRecord, ReaderBuilder};
use kinfold_token::{Algorithm, Seed, Serial, TokenParameters};
use zeroize::Zeroizing;

use crate::{
    capped::Capped,
    row::{FileError, FileToken, Row, TokenProblem},
};

/// The most cells of a line.
const MOST_CELLS: usize = 64;

/// The tokens of a CSV file.
pub struct TableReader<R> {
    rows: csv::Reader<Capped<R>>,
    record: ByteRecord,
    columns: Columns,
    parameters: TokenParameters,
    /// The first line was no heading, and is a token.
    waits: bool,
    place: u64,
    over: bool,
}

/// Which cell says what.
struct Columns {
    serial: usize,
    secret: usize,
    algorithm: Option<usize>,
    digits: Option<usize>,
    step: Option<usize>,
    maker: Option<usize>,
}

impl<R: BufRead> TableReader<R> {
    pub(crate) fn new(
        mut reader: Capped<R>,
        parameters: TokenParameters,
    ) -> Result<Self, FileError> {
        let delimiter = delimiter(reader.fill_buf()?);
        let mut rows = ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .trim(csv::Trim::All)
            .delimiter(delimiter)
            .comment(Some(b'#'))
            .buffer_capacity(16 << 10)
            .from_reader(reader);
        let mut record = ByteRecord::new();
        let whole = rows.read_byte_record(&mut record).map_err(|error| broken(error, 0))?;
        let headings = Columns::named(&record);
        if !whole || record.len() < 2 || record.len() > MOST_CELLS {
            return Err(FileError::NotTokens);
        }
        let waits = headings.is_none();
        let columns = headings.unwrap_or(Columns::USUAL);
        Ok(Self { rows, record, columns, parameters, waits, place: 0, over: false })
    }

    fn read(&mut self) -> Result<bool, FileError> {
        if std::mem::take(&mut self.waits) {
            return Ok(true);
        }
        self.rows.get_mut().next_piece();
        self.rows.read_byte_record(&mut self.record).map_err(|error| broken(error, self.place))
    }

    fn row(&mut self) -> Row {
        self.place += 1;
        let serial = self.cell(Some(self.columns.serial)).parse().ok();
        match self.token(serial.clone()) {
            Ok(token) => Row::Token(token),
            Err(why) => Row::Rejected { place: self.place, serial, why },
        }
    }

    fn token(&self, serial: Option<Serial>) -> Result<FileToken, TokenProblem> {
        let serial = serial.ok_or(TokenProblem::Serial)?;
        let seed = seed(self.cell(Some(self.columns.secret)))?;
        let maker = self.cell(self.columns.maker).to_owned();
        if maker.chars().count() > FileToken::MAKER_CHARS || maker.contains(char::is_control) {
            return Err(TokenProblem::TooLong);
        }
        Ok(FileToken { serial, maker, parameters: self.parameters()?, seed })
    }

    /// An empty cell means what the operator said of the whole file.
    fn parameters(&self) -> Result<TokenParameters, TokenProblem> {
        let usual = self.parameters;
        let (digits, step) = (self.cell(self.columns.digits), self.cell(self.columns.step));
        Ok(TokenParameters {
            algorithm: algorithm(self.cell(self.columns.algorithm), usual.algorithm)?,
            digits: if digits.is_empty() { usual.digits } else { digits.parse()? },
            step: if step.is_empty() { usual.step } else { step.parse()? },
        })
    }

    fn cell(&self, column: Option<usize>) -> &str {
        let cell = column.and_then(|column| self.record.get(column));
        cell.and_then(|cell| std::str::from_utf8(cell).ok()).unwrap_or_default()
    }
}

impl<R: BufRead> Iterator for TableReader<R> {
    type Item = Result<Row, FileError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.over {
            return None;
        }
        let read = self.read();
        self.over = !matches!(read, Ok(true));
        match read {
            Ok(true) => Some(Ok(self.row())),
            Ok(false) => None,
            Err(error) => Some(Err(error)),
        }
    }
}

impl Columns {
    /// What vendors send without headings.
    const USUAL: Self = Self {
        serial: 0,
        secret: 1,
        algorithm: Some(2),
        digits: Some(3),
        step: Some(4),
        maker: None,
    };

    /// By headings; `None` when the line has none.
    fn named(record: &ByteRecord) -> Option<Self> {
        let place = |names: &[&str]| {
            record.iter().position(|cell| {
                let letters = cell.iter().filter(|byte| byte.is_ascii_alphanumeric());
                let name: Vec<u8> = letters.map(u8::to_ascii_lowercase).collect();
                names.iter().any(|known| known.as_bytes() == name)
            })
        };
        Some(Self {
            serial: place(&["serial", "serialno", "serialnumber"])?,
            secret: place(&["secret", "seed", "key", "otpkey", "secretkey"])?,
            algorithm: place(&["algorithm", "hash", "hashlib", "suite", "type"]),
            digits: place(&["digits", "otplen", "length"]),
            step: place(&["step", "period", "timestep", "timeinterval", "interval"]),
            maker: place(&["maker", "manufacturer", "vendor"]),
        })
    }
}

/// Whichever of the three stands first on the first line.
fn delimiter(beginning: &[u8]) -> u8 {
    let line = beginning.iter().take_while(|byte| **byte != b'\n');
    line.copied().find(|byte| [b',', b';', b'\t'].contains(byte)).unwrap_or(b',')
}

/// Hexadecimal digits or base 32. Whatever can be hexadecimal is: base 32 of a seed's length without a letter past F and without
/// a digit outside 2 to 7 does not happen by chance.
fn seed(text: &str) -> Result<Seed, TokenProblem> {
    if text.is_empty() {
        return Err(TokenProblem::NoSecret);
    }
    let letters = text.trim_end_matches('=').chars().filter(|letter| !letter.is_whitespace());
    let letters: Zeroizing<String> = Zeroizing::new(letters.collect());
    if let Ok(bytes) = hex::decode(letters.as_bytes()) {
        return Ok(Seed::new(bytes)?);
    }
    Seed::from_base32(&letters).map_err(|error| match error {
        kinfold_token::SeedError::NotBase32 => {
            TokenProblem::Unreadable("hexadecimal digits or base 32")
        }
        other => TokenProblem::Seed(other),
    })
}

/// The third cell is the hash, or the kind of token, which says nothing of the hash.
fn algorithm(cell: &str, usual: Algorithm) -> Result<Algorithm, TokenProblem> {
    let letters = cell.chars().filter(char::is_ascii_alphanumeric);
    let name: String = letters.map(|letter| letter.to_ascii_uppercase()).collect();
    match name.strip_prefix("HMAC").unwrap_or(&name) {
        "" | "TOTP" => Ok(usual),
        "HOTP" => Err(TokenProblem::NotTimeBased),
        name => Ok(name.parse()?),
    }
}

fn broken(error: csv::Error, after: u64) -> FileError {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => FileError::Read(error),
        _ => FileError::Broken { after },
    }
}

#[cfg(test)]
#[path = "table_tests.rs"]
mod tests;
