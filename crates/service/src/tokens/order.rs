//! What was ordered from a vendor: how many tokens, by when, and how many of them have come.

use jiff::civil::Date;

use super::{Inventory, TokenError, TokenOrdered};
use crate::{
    ports::TokenOrder,
    records::{Asker, Entry},
};

/// The longest number or name, in characters.
const LONGEST: usize = 64;
/// The most tokens of one order.
const MOST: u64 = 1_000_000;

/// An order as somebody writes it down.
#[derive(Clone, Debug)]
pub struct NewOrder {
    /// Its number, ours or the vendor's.
    pub reference: String,
    /// Who sends them.
    pub vendor: String,
    /// How many.
    pub tokens: u64,
    /// When it was ordered.
    pub ordered: Date,
    /// When it should be there.
    pub expected: Option<Date>,
}

impl Inventory {
    /// Writes an order down.
    pub async fn order(&self, new: NewOrder, by: Option<Asker>) -> Result<(), TokenError> {
        let NewOrder { reference, vendor, tokens, ordered, expected } = new;
        let order = TokenOrder {
            reference: word(&reference)?,
            vendor: word(&vendor)?,
            tokens,
            arrived: 0,
            ordered,
            expected,
            closed: None,
        };
        if !(1..=MOST).contains(&tokens) || expected.is_some_and(|expected| expected < ordered) {
            return Err(TokenError::WrongOrder);
        }
        let _one = self.ordering.lock().await;
        if self.parts.tokens.orders().await?.iter().any(|known| known.reference == order.reference)
        {
            return Err(TokenError::Ordered);
        }
        self.say_ordered(&order, "ordered", by).await?;
        if self.parts.tokens.add_order(&order).await? { Ok(()) } else { Err(TokenError::Ordered) }
    }

    /// The orders: those of which tokens are still to come, then the others, the newest first.
    pub async fn orders(&self) -> Result<Vec<TokenOrder>, TokenError> {
        Ok(self.parts.tokens.orders().await?)
    }

    /// What has not come of an order will not come.
    pub async fn close_order(&self, reference: &str, by: Option<Asker>) -> Result<(), TokenError> {
        let order = self.open_order(reference).await?;
        self.say_ordered(&order, "closed", by).await?;
        Ok(self.parts.tokens.close_order(&order.reference, self.parts.clock.now()).await?)
    }

    /// The order of that number, of which tokens are still to come.
    pub(super) async fn open_order(&self, reference: &str) -> Result<TokenOrder, TokenError> {
        let orders = self.parts.tokens.orders().await?.into_iter();
        let mut open = orders.filter(TokenOrder::is_open);
        open.find(|order| order.reference == reference.trim()).ok_or(TokenError::NoOrder)
    }

    async fn say_ordered(
        &self,
        order: &TokenOrder,
        what: &str,
        by: Option<Asker>,
    ) -> Result<(), TokenError> {
        let ordered = TokenOrdered {
            at: self.parts.clock.now(),
            order: order.reference.clone(),
            what: what.to_owned(),
            vendor: order.vendor.clone(),
            tokens: order.tokens,
            arrived: order.arrived,
            by: by.into_iter().collect(),
        };
        self.parts.journal.record(Entry::TokensOrdered(Box::new(ordered))).await?;
        Ok(())
    }
}

fn word(text: &str) -> Result<String, TokenError> {
    let text = text.trim();
    let fits = (1..=LONGEST).contains(&text.chars().count());
    if fits && !text.chars().any(char::is_control) {
        Ok(text.to_owned())
    } else {
        Err(TokenError::WrongOrder)
    }
}
