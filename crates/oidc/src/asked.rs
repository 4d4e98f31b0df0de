//! What binds a provider's answer to the question, and to the browser that was sent there.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use jiff::Timestamp;
use openidconnect::{Nonce, PkceCodeVerifier};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

/// State, nonce and PKCE verifier of one question, 256 random bits each. Kept where the browser can't read it; `Debug` is left out.
pub struct Asked {
    state: Zeroizing<String>,
    nonce: Zeroizing<String>,
    verifier: Zeroizing<String>,
    anew: Option<Timestamp>,
}

impl Asked {
    /// From three draws of chance.
    pub fn new([state, nonce, verifier]: [[u8; 32]; 3]) -> Self {
        let text = |bytes: [u8; 32]| Zeroizing::new(BASE64_URL_SAFE_NO_PAD.encode(bytes));
        Self { state: text(state), nonce: text(nonce), verifier: text(verifier), anew: None }
    }

    /// The same for somebody who has to prove themselves anew from this moment on, however lately they did.
    pub fn anew(draws: [[u8; 32]; 3], now: Timestamp) -> Self {
        Self { anew: Some(now), ..Self::new(draws) }
    }

    /// Whether an answer names this question. In constant time.
    pub fn is_answered_by(&self, state: &str) -> bool {
        self.state.as_bytes().ct_eq(state.as_bytes()).into()
    }

    /// What travels through the browser, to the provider and back.
    pub fn state(&self) -> &str {
        &self.state
    }

    /// From when on they have to prove themselves, where that is asked.
    pub const fn since(&self) -> Option<Timestamp> {
        self.anew
    }

    pub(crate) fn nonce(&self) -> Nonce {
        Nonce::new(self.nonce.to_string())
    }

    pub(crate) fn verifier(&self) -> PkceCodeVerifier {
        PkceCodeVerifier::new(self.verifier.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_names_its_own_question_and_no_other() {
        let asked = Asked::new([[1; 32], [2; 32], [3; 32]]);
        assert!(asked.is_answered_by(asked.state()));
        assert!(!asked.is_answered_by(asked.nonce().secret()));
        assert!(!asked.is_answered_by(""));
    }

    #[test]
    fn a_verifier_is_as_long_as_rfc_7636_wants_it() {
        let asked = Asked::new([[1; 32], [2; 32], [3; 32]]);
        assert_eq!(asked.verifier().secret().len(), 43);
    }
}
