//! Secrets of fobs that nobody holds, for another server: never those of anybody's token, so that no export is a way to sign in.

use kinfold_token::Serial;
use kinfold_token_file::{Protection, PskcWriter, TransportKey};
use zeroize::Zeroizing;

use super::{Inventory, TokenError, TokensMoved, Witnesses};
use crate::records::Entry;

/// Tokens that are written at a time.
const TOGETHER: u32 = 500;

/// A file that is being written.
pub struct Export {
    /// What opens the file; it travels by another way. `None`: everybody who has the file can read it.
    pub key: Option<TransportKey>,
    writer: Option<PskcWriter<Vec<u8>>>,
    after: Option<Serial>,
    /// How many tokens were written.
    pub tokens: u64,
}

impl Inventory {
    /// Begins an export. Two named people answer for it; only a plain one that they asked for is not encrypted.
    pub async fn export(&self, witnesses: &Witnesses, plain: bool) -> Result<Export, TokenError> {
        let moved = TokensMoved {
            at: self.parts.clock.now(),
            tokens: None,
            digest: None,
            order: None,
            encrypted: Some(!plain),
            by: witnesses.askers(),
        };
        let (key, protection) = if plain {
            (None, Protection::Plain)
        } else {
            let key = TransportKey::new(self.bytes());
            let mac_key = Zeroizing::new(self.bytes());
            (Some(key.clone()), Protection::Encrypted { key, mac_key, vector: self.bytes() })
        };
        self.parts.journal.record(Entry::TokensExported(Box::new(moved))).await?;
        let writer = PskcWriter::begin(Vec::new(), protection).map_err(|_| TokenError::Secret)?;
        Ok(Export { key, writer: Some(writer), after: None, tokens: 0 })
    }

    /// The next part of the file; `None` once it is whole.
    pub async fn next_part(&self, export: &mut Export) -> Result<Option<Vec<u8>>, TokenError> {
        let Some(writer) = &mut export.writer else { return Ok(None) };
        let fobs = self.parts.tokens.free_fobs(export.after.as_ref(), TOGETHER).await?;
        for fob in &fobs {
            writer.token(fob, self.bytes()).map_err(|_| TokenError::Secret)?;
            export.tokens += 1;
        }
        if let Some(last) = fobs.last() {
            export.after = Some(last.serial.clone());
            return Ok(Some(std::mem::take(writer.written())));
        }
        let writer = export.writer.take();
        let end = writer.map(PskcWriter::end).transpose().map_err(|_| TokenError::Secret)?;
        Ok(end)
    }

    fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.parts.entropy.fill(&mut bytes);
        bytes
    }
}
