//! How people come in, and who keeps their accounts.

use std::sync::Arc;

use kinfold_passkey::Site;

use super::{TestProvider, base::Base};
use crate::{
    emergency::{Emergency, EmergencyParts},
    oidc::{Links, LinksParts, OutsideParts, OutsideSignIn},
    passkeys::{Passkeys, PasskeysParts},
    ports::{IdentityProvider, LinkStore, PasskeyStore, SheetStore, StaffStore, TokenStore},
    sign_in::{SessionLimits, SignIn},
    staff::{Staff, StaffParts},
    tokens::{Inventory, InventoryParts},
};

impl Base {
    pub(super) fn sign_in(&self) -> SignIn {
        SignIn::new(
            self.ground.staff.clone() as Arc<dyn StaffStore>,
            self.journal.clone(),
            Arc::clone(&self.own_clock),
            self.ground.entropy.clone(),
            SessionLimits::default(),
        )
    }

    pub(super) fn inventory(&self, sign_in: &Arc<SignIn>) -> Inventory {
        Inventory::new(InventoryParts {
            tokens: self.ground.staff.clone() as Arc<dyn TokenStore>,
            staff: self.ground.staff.clone(),
            sign_in: Arc::clone(sign_in),
            journal: self.journal.clone(),
            clock: self.ground.clock.clone(),
            entropy: self.ground.entropy.clone(),
        })
    }

    /// Passkeys of the address `https://kinfold.trust.example`.
    pub(super) fn passkeys(&self, sign_in: &Arc<SignIn>) -> Passkeys {
        let origin = "https://kinfold.trust.example".parse().expect("an address");
        Passkeys::new(PasskeysParts {
            site: Some(Site::new(&origin).expect("a domain")),
            passkeys: self.ground.staff.clone() as Arc<dyn PasskeyStore>,
            staff: self.ground.staff.clone(),
            sign_in: Arc::clone(sign_in),
            journal: self.journal.clone(),
            clock: self.ground.clock.clone(),
            entropy: self.ground.entropy.clone(),
        })
    }

    pub(super) fn emergency(&self, sign_in: &Arc<SignIn>) -> Emergency {
        Emergency::new(EmergencyParts {
            sheets: self.ground.staff.clone() as Arc<dyn SheetStore>,
            staff: self.ground.staff.clone(),
            sign_in: Arc::clone(sign_in),
            journal: self.journal.clone(),
            clock: self.ground.clock.clone(),
            entropy: self.ground.entropy.clone(),
        })
    }

    pub(super) fn links(&self, sign_in: &Arc<SignIn>) -> Links {
        Links::new(LinksParts {
            links: self.ground.staff.clone() as Arc<dyn LinkStore>,
            staff: self.ground.staff.clone(),
            sign_in: Arc::clone(sign_in),
            journal: self.journal.clone(),
            clock: self.ground.clock.clone(),
            entropy: self.ground.entropy.clone(),
        })
    }

    pub(super) fn staff(
        &self,
        inventory: &Arc<Inventory>,
        (passkeys, emergency, links): (&Arc<Passkeys>, &Arc<Emergency>, &Arc<Links>),
        sign_in: &Arc<SignIn>,
    ) -> Staff {
        Staff::new(StaffParts {
            agency: self.ground.agency.id.clone(),
            issuer: self.ground.agency.name.clone(),
            store: self.ground.staff.clone(),
            inventory: Arc::clone(inventory),
            passkeys: Arc::clone(passkeys),
            emergency: Arc::clone(emergency),
            links: Arc::clone(links),
            sign_in: Arc::clone(sign_in),
            agreements: Arc::clone(&self.agreements),
            journal: self.journal.clone(),
            clock: self.ground.clock.clone(),
            entropy: self.ground.entropy.clone(),
        })
    }
}

pub(super) fn outside(provider: &Arc<TestProvider>, links: &Arc<Links>) -> OutsideSignIn {
    let provider = Some(Arc::clone(provider) as Arc<dyn IdentityProvider>);
    OutsideSignIn::new(OutsideParts { provider, links: Arc::clone(links) })
}
