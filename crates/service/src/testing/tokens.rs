//! The agency's tokens in memory, from order to disposal, in the tables of its staff.

use async_trait::async_trait;
use jiff::Timestamp;
use kinfold_domain::EmployeeId;
use kinfold_token::{Kind, Serial, Standing, TokenState};
use kinfold_token_file::FileToken;

use super::{
    MemoryStaff,
    staff::{Held, Tables},
};
use crate::ports::{
    PortError, TokenChange, TokenId, TokenOrder, TokenQuery, TokenRecord, TokenStore,
};

#[async_trait]
impl TokenStore for MemoryStaff {
    async fn begin_arrivals(&self) -> Result<(), PortError> {
        self.fault.write().await?;
        self.tables.lock().tokens.retain(|held| !held.arriving);
        Ok(())
    }

    async fn arrive(
        &self,
        tokens: Vec<(TokenId, FileToken)>,
        at: Timestamp,
    ) -> Result<Vec<bool>, PortError> {
        self.fault.write().await?;
        let held = &mut self.tables.lock().tokens;
        let arrive = |(id, token): (TokenId, FileToken)| {
            if held.iter().any(|held| held.record.serial == token.serial) {
                return false;
            }
            let record = TokenRecord {
                id,
                serial: token.serial,
                kind: Kind::Fob,
                maker: token.maker,
                parameters: token.parameters,
                standing: Standing::InStock,
                since: at,
                until: None,
                holder: None,
                state: TokenState::default(),
                version: 0,
            };
            held.push(Held { record, seed: token.seed, arriving: true });
            true
        };
        Ok(tokens.into_iter().map(arrive).collect())
    }

    async fn keep_arrivals(&self, order: Option<&str>) -> Result<u64, PortError> {
        self.fault.write().await?;
        let Tables { tokens, orders, .. } = &mut *self.tables.lock();
        let arriving = tokens.iter_mut().filter(|held| held.arriving);
        let kept = arriving.map(|held| held.arriving = false).count() as u64;
        for order in orders.iter_mut().filter(|known| order == Some(&known.reference)) {
            order.arrived += kept;
        }
        Ok(kept)
    }

    async fn add_order(&self, order: &TokenOrder) -> Result<bool, PortError> {
        self.fault.write().await?;
        let orders = &mut self.tables.lock().orders;
        let new = orders.iter().all(|known| known.reference != order.reference);
        if new {
            orders.push(order.clone());
        }
        Ok(new)
    }

    async fn orders(&self) -> Result<Vec<TokenOrder>, PortError> {
        self.fault.read().await?;
        let mut orders = self.tables.lock().orders.clone();
        orders.sort_by_key(|order| (!order.is_open(), std::cmp::Reverse(order.ordered)));
        orders.truncate(100);
        Ok(orders)
    }

    async fn close_order(&self, reference: &str, at: Timestamp) -> Result<(), PortError> {
        self.fault.write().await?;
        let orders = &mut self.tables.lock().orders;
        for order in orders.iter_mut().filter(|order| order.reference == reference) {
            order.closed = Some(at);
        }
        Ok(())
    }

    async fn token_of_serial(&self, serial: &Serial) -> Result<Option<TokenRecord>, PortError> {
        self.fault.read().await?;
        let tables = self.tables.lock();
        let mut seen = tables.tokens.iter().filter(|held| !held.arriving);
        Ok(seen.find(|held| held.record.serial == *serial).map(|held| held.record.clone()))
    }

    async fn tokens(&self, query: &TokenQuery) -> Result<Vec<TokenRecord>, PortError> {
        self.fault.read().await?;
        let tables = self.tables.lock();
        let seen = tables.tokens.iter().filter(|held| !held.arriving).map(|held| &held.record);
        let wanted = seen.filter(|token| {
            query.standing.is_none_or(|standing| token.standing == standing)
                && query.holder.is_none_or(|holder| token.holder == Some(holder))
                && query.after.as_ref().is_none_or(|after| token.serial > *after)
        });
        let mut tokens: Vec<_> = wanted.cloned().collect();
        tokens.sort_by(|a, b| a.serial.cmp(&b.serial));
        tokens.truncate(usize::try_from(query.limit).unwrap_or(usize::MAX));
        Ok(tokens)
    }

    async fn token_counts(&self) -> Result<Vec<(Standing, u64)>, PortError> {
        self.fault.read().await?;
        let tables = self.tables.lock();
        let seen = tables.tokens.iter().filter(|held| !held.arriving).map(|held| &held.record);
        let mut counts = std::collections::BTreeMap::new();
        for token in seen.filter(|token| token.kind != Kind::Temporary) {
            *counts.entry(token.standing).or_insert(0) += 1;
        }
        Ok(counts.into_iter().collect())
    }

    async fn change_token(&self, change: &TokenChange) -> Result<bool, PortError> {
        self.fault.write().await?;
        let mut tables = self.tables.lock();
        let mut tokens = tables.tokens.iter_mut().map(|held| &mut held.record);
        let token = tokens.find(|t| t.id == change.token && t.version == change.version);
        let Some(token) = token else { return Ok(false) };
        token.standing = change.standing;
        token.since = change.at;
        token.holder = change.holder;
        token.state = change.state.clone();
        token.version += 1;
        if let (Standing::Assigned, Some(holder)) = (change.standing, change.holder) {
            tables.supersede(holder, Standing::Assigned, change.token);
        }
        Ok(true)
    }

    async fn end_temporary(&self, holder: EmployeeId, _: Timestamp) -> Result<(), PortError> {
        self.fault.write().await?;
        self.tables.lock().end_temporary(holder);
        Ok(())
    }

    async fn free_fobs(
        &self,
        after: Option<&Serial>,
        limit: u32,
    ) -> Result<Vec<FileToken>, PortError> {
        self.fault.read().await?;
        let tables = self.tables.lock();
        let free = tables.tokens.iter().filter(|held| {
            let token = &held.record;
            !held.arriving
                && token.kind == Kind::Fob
                && token.standing.is_free()
                && after.is_none_or(|after| token.serial > *after)
        });
        let mut fobs: Vec<_> = free.collect();
        fobs.sort_by(|a, b| a.record.serial.cmp(&b.record.serial));
        let fobs = fobs.into_iter().take(usize::try_from(limit).unwrap_or(usize::MAX));
        let fob = |held: &Held| FileToken {
            serial: held.record.serial.clone(),
            maker: held.record.maker.clone(),
            parameters: held.record.parameters,
            seed: held.seed.clone(),
        };
        Ok(fobs.map(fob).collect())
    }
}
