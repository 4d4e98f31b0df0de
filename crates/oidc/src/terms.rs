//! How surely and how lately a provider must have made sure of somebody.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use crate::Refusal;

/// How far the provider's clock may be ahead, or behind where time runs out.
pub(crate) const LEEWAY: SignedDuration = SignedDuration::from_secs(60);

/// What is asked of the provider, and held against what it says.
#[derive(Clone, Debug, Default)]
pub struct Terms {
    /// Asked for by `acr_values`, the best first; one of them must come back. Empty: not judged.
    pub acr: Vec<String>,
    /// One of these must be among the methods that were used. Empty: not judged.
    pub amr: Vec<String>,
    /// Further claims, each with the values of which it must have one.
    pub claims: BTreeMap<String, Vec<String>>,
    /// How long ago they may have proved themselves to the provider.
    pub max_age: SignedDuration,
    /// They prove themselves each time (`prompt=login`): a colleague's session at the provider lets nobody in.
    pub each_time: bool,
}

/// What an ID token says of how somebody was made sure of.
#[derive(Clone, Debug, Default)]
pub struct Shown<'a> {
    /// The provider's word for it.
    pub acr: Option<&'a str>,
    /// The methods.
    pub amr: Vec<&'a str>,
    /// Whatever else it says.
    pub claims: BTreeMap<&'a str, &'a Value>,
    /// When they proved themselves.
    pub auth_time: Option<Timestamp>,
}

impl Terms {
    /// Whether anything is asked for that tells two factors from one.
    pub fn are_any(&self) -> bool {
        !(self.acr.is_empty() && self.amr.is_empty() && self.claims.is_empty())
    }

    /// Whether what is shown suffices at that moment.
    pub fn judge(&self, shown: &Shown<'_>, now: Timestamp) -> Result<(), Refusal> {
        let assured = || shown.acr.is_some_and(|acr| self.acr.iter().any(|known| known == acr));
        if !self.acr.is_empty() && !assured() {
            return Err(Refusal::Acr);
        }
        let used = || shown.amr.iter().any(|amr| self.amr.iter().any(|known| known == amr));
        if !self.amr.is_empty() && !used() {
            return Err(Refusal::Amr);
        }
        for (name, wanted) in &self.claims {
            let value = shown.claims.get(name.as_str()).ok_or(Refusal::Claim)?;
            if !says(value, wanted) {
                return Err(Refusal::Claim);
            }
        }
        let age = now.duration_since(shown.auth_time.ok_or(Refusal::AuthTime)?);
        let longest = self.max_age.saturating_add(LEEWAY);
        if age > longest || age < -LEEWAY { Err(Refusal::AuthTime) } else { Ok(()) }
    }
}

/// A claim is a text, a number, or a list of them.
fn says(value: &Value, wanted: &[String]) -> bool {
    match value {
        Value::String(text) => wanted.iter().any(|known| known == text),
        Value::Number(number) => wanted.contains(&number.to_string()),
        Value::Array(values) => values.iter().any(|one| !one.is_array() && says(one, wanted)),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const NOW: i64 = 1_790_000_000;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn texts(texts: &[&str]) -> Vec<String> {
        texts.iter().map(|text| (*text).to_owned()).collect()
    }

    fn terms() -> Terms {
        Terms { max_age: SignedDuration::from_secs(300), ..Terms::default() }
    }

    fn shown() -> Shown<'static> {
        Shown { auth_time: Some(at(NOW)), ..Shown::default() }
    }

    #[test]
    fn one_of_the_assurances_that_are_enough_must_come_back() {
        let terms = Terms { acr: texts(&["AAL3_ANY", "AAL2_OR_AAL3_ANY"]), ..terms() };
        for (acr, told) in [
            (Some("AAL3_ANY"), Ok(())),
            (Some("AAL2_OR_AAL3_ANY"), Ok(())),
            (Some("AAL1_USERPASS"), Err(Refusal::Acr)),
            (Some("aal3_any"), Err(Refusal::Acr)),
            (Some("AAL3_ANY AAL1_USERPASS"), Err(Refusal::Acr)),
            (Some(""), Err(Refusal::Acr)),
            (None, Err(Refusal::Acr)),
        ] {
            assert_eq!(terms.judge(&Shown { acr, ..shown() }, at(NOW)), told, "{acr:?}");
        }
    }

    #[test]
    fn one_of_the_methods_that_are_asked_for_must_have_been_used() {
        let terms = Terms { amr: texts(&["N3_SMARTCARD", "FIDO2"]), ..terms() };
        let table: [(&[&str], _); 4] = [
            (&["FIDO2"], Ok(())),
            (&["pwd", "N3_SMARTCARD"], Ok(())),
            (&["pwd"], Err(Refusal::Amr)),
            (&[], Err(Refusal::Amr)),
        ];
        for (amr, told) in table {
            assert_eq!(terms.judge(&Shown { amr: amr.to_vec(), ..shown() }, at(NOW)), told);
        }
    }

    #[test]
    fn a_further_claim_may_be_a_text_a_number_or_a_list() {
        let wanted = BTreeMap::from([("level".to_owned(), texts(&["2", "3"]))]);
        let terms = Terms { claims: wanted, ..terms() };
        for good in [json!("3"), json!(2), json!(["1", "2"]), json!([3])] {
            let claims = BTreeMap::from([("level", &good)]);
            assert_eq!(terms.judge(&Shown { claims, ..shown() }, at(NOW)), Ok(()), "{good}");
        }
        for bad in
            [json!("1"), json!(true), json!(null), json!({ "3": "3" }), json!([["3"]]), json!(3.5)]
        {
            let claims = BTreeMap::from([("level", &bad)]);
            let told = terms.judge(&Shown { claims, ..shown() }, at(NOW));
            assert_eq!(told, Err(Refusal::Claim), "{bad}");
        }
        assert_eq!(terms.judge(&shown(), at(NOW)), Err(Refusal::Claim), "it is missing");
    }

    #[test]
    fn who_proved_themselves_too_long_ago_or_nobody_knows_when_is_refused() {
        for (auth_time, told) in [
            (Some(NOW), Ok(())),
            (Some(NOW - 300), Ok(())),
            (Some(NOW - 360), Ok(())),
            (Some(NOW - 361), Err(Refusal::AuthTime)),
            (Some(NOW + 60), Ok(())),
            (Some(NOW + 61), Err(Refusal::AuthTime)),
            (None, Err(Refusal::AuthTime)),
        ] {
            let shown = Shown { auth_time: auth_time.map(at), ..Shown::default() };
            assert_eq!(terms().judge(&shown, at(NOW)), told, "{auth_time:?}");
        }
    }
}
