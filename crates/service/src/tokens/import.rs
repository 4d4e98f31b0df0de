//! A vendor's file. All of its tokens are in stock at once, or none is.

use std::io::{BufReader, Read};

use kinfold_token::Serial;
use kinfold_token_file::{FileError, Reading, Row, read};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use tokio::sync::mpsc;

use super::{Inventory, TokenError, TokensMoved};
use crate::{
    ports::TokenId,
    records::{Asker, Entry},
};

/// Tokens that are stored together.
const TOGETHER: usize = 500;
/// Wrong tokens that are told one by one; the others are counted.
const TOLD: usize = 1_000;

/// What became of a file.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct ImportReport {
    /// Tokens in the file.
    pub read: u64,
    /// Tokens that are in stock now.
    pub imported: u64,
    /// Tokens that can't be used.
    pub wrong: u64,
    /// The first of them.
    pub told: Vec<NotImported>,
}

/// A token that was not imported.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct NotImported {
    /// Which token of the file, from 1.
    pub place: u64,
    /// Its serial number, where that could be read.
    pub serial: Option<String>,
    /// Why.
    pub why: String,
}

/// How a file is imported.
#[derive(Clone, Debug, Default)]
pub struct ImportTerms {
    /// The right tokens are wanted even when others are wrong.
    pub rest: bool,
    /// The order that the file belongs to.
    pub order: Option<String>,
    /// Who imports it; nobody where it is done at the node's own console.
    pub by: Option<Asker>,
}

/// How far an import is.
#[derive(Clone, Copy, Debug)]
pub struct ImportStep {
    /// Tokens that were read.
    pub read: u64,
}

/// What the thread that reads says.
enum Said {
    Rows(Vec<Row>),
    End(Result<[u8; 32], FileError>),
}

impl Inventory {
    /// Imports a file. With one wrong token nothing is imported, unless the terms say that the right ones are wanted all the same. A
    /// file that breaks off is never imported.
    pub async fn import(
        &self,
        file: impl Read + Send + 'static,
        reading: Reading,
        terms: ImportTerms,
        mut progress: impl FnMut(ImportStep) + Send,
    ) -> Result<ImportReport, TokenError> {
        let _importing = self.importing.lock().await;
        let ImportTerms { rest, order, by } = terms;
        let order = match order {
            Some(reference) => Some(self.open_order(&reference).await?.reference),
            None => None,
        };
        self.parts.tokens.begin_arrivals().await?;
        let (tell, mut told) = mpsc::channel(4);
        tokio::task::spawn_blocking(move || read_all(file, reading, &tell));
        let (mut report, mut digest) = (ImportReport::default(), None);
        while let Some(said) = told.recv().await {
            match said {
                Said::Rows(rows) => self.arrive(rows, &mut report).await?,
                Said::End(end) => digest = Some(end?),
            }
            progress(ImportStep { read: report.read });
        }
        let right = report.read - report.wrong;
        let Some(digest) = digest else { return Err(FileError::Broken { after: right }.into()) };
        if right > 0 && (rest || report.wrong == 0) {
            let moved = TokensMoved {
                at: self.parts.clock.now(),
                tokens: Some(right),
                digest: Some(hex::encode(digest)),
                encrypted: None,
                order: order.clone(),
                by: by.into_iter().collect(),
            };
            self.parts.journal.record(Entry::TokensImported(Box::new(moved))).await?;
            report.imported = self.parts.tokens.keep_arrivals(order.as_deref()).await?;
        } else {
            self.parts.tokens.begin_arrivals().await?;
        }
        Ok(report)
    }

    async fn arrive(&self, rows: Vec<Row>, report: &mut ImportReport) -> Result<(), TokenError> {
        let at = self.parts.clock.now();
        let (mut tokens, mut places) = (Vec::new(), Vec::new());
        for row in rows {
            report.read += 1;
            match row {
                Row::Token(token) => {
                    places.push((report.read, token.serial.clone()));
                    tokens.push((TokenId(self.parts.entropy.uuid(at)), token));
                }
                Row::Rejected { serial, why, .. } => {
                    report.tell(report.read, serial.as_ref(), &why.to_string());
                }
            }
        }
        let new = self.parts.tokens.arrive(tokens, at).await?;
        for ((place, serial), _) in places.iter().zip(new).filter(|(_, new)| !new) {
            let why =
                "a token with this serial number is known already, or stands in this file twice";
            report.tell(*place, Some(serial), why);
        }
        Ok(())
    }
}

impl ImportReport {
    fn tell(&mut self, place: u64, serial: Option<&Serial>, why: &str) {
        self.wrong += 1;
        if self.told.len() < TOLD {
            let (serial, why) = (serial.map(ToString::to_string), why.to_owned());
            self.told.push(NotImported { place, serial, why });
        }
    }
}

/// Reads on a thread of its own; ends when nobody listens any more.
fn read_all(file: impl Read, reading: Reading, tell: &mpsc::Sender<Said>) {
    let mut digest = Sha256::new();
    let whole = pass(Digesting { file, digest: &mut digest }, reading, tell);
    let end = whole.map(|()| digest.finalize().into());
    drop(tell.blocking_send(Said::End(end)));
}

fn pass(
    file: Digesting<'_, impl Read>,
    reading: Reading,
    tell: &mpsc::Sender<Said>,
) -> Result<(), FileError> {
    let mut file = BufReader::with_capacity(64 << 10, file);
    let mut rows = Vec::with_capacity(TOGETHER);
    for row in read(&mut file, reading)? {
        rows.push(row?);
        if rows.len() == TOGETHER
            && tell.blocking_send(Said::Rows(std::mem::take(&mut rows))).is_err()
        {
            return Ok(());
        }
    }
    drop(tell.blocking_send(Said::Rows(rows)));
    // What follows the last token belongs to the file's digest.
    std::io::copy(&mut file, &mut std::io::sink())?;
    Ok(())
}

/// Digests what is read through it.
struct Digesting<'a, R> {
    file: R,
    digest: &'a mut Sha256,
}

impl<R: Read> Read for Digesting<'_, R> {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        let taken = self.file.read(into)?;
        self.digest.update(&into[..taken]);
        Ok(taken)
    }
}
