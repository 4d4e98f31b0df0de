//! A SCIM user as it was sent, parsed into how an employee is to stand.
//!
//! A name is `displayName`, else `name.formatted`, else given and family name; a role is `userType`, else the primary one of `roles`.
//! Attributes that Kinfold does not keep are left unread.

use kinfold_domain::{EmailAddress, Personal, Role, UserName};
use kinfold_service::staff::{Job, Known, Wanted};
use serde_json::{Map, Value};

use super::wrong::Wrong;

/// The one schema.
pub(super) const SCHEMA: &str = "urn:ietf:params:scim:schemas:core:2.0:User";

/// A user as it was sent. Names of attributes are compared without their case (RFC 7643, section 2.1).
pub(super) struct Sent<'a> {
    /// What was sent.
    pub(super) user: &'a Map<String, Value>,
    /// Whom it is about, if they are known.
    pub(super) known: Option<&'a Known>,
    /// The roles that can be given.
    pub(super) roles: &'a [String],
}

impl Sent<'_> {
    /// What somebody types to sign in.
    pub(super) fn user_name(&self) -> Result<UserName, Wrong> {
        let sent = text(self.user, "userName")?.ok_or_else(|| missing("userName"))?;
        sent.to_lowercase().parse().map_err(|_| {
            let text =
                "userName has 1 to 64 letters, digits, dots, hyphens and underscores, and no @";
            Wrong::value(text)
        })
    }

    /// How they are to stand. What can't be read of somebody who is to leave is left as it is: it must not keep them here.
    pub(super) fn wanted(&self) -> Result<Wanted, Wrong> {
        let active = self.active()?;
        let leaver = self.known.filter(|_| !active);
        Ok(Wanted {
            active,
            name: or_as_it_is(
                self.name(),
                leaver.map(|known| known.employed.employee.name.clone()),
            )?,
            job: or_as_it_is(self.job(), leaver.map(job_of))?,
            email: or_as_it_is(self.email(), leaver.map(|known| known.email.clone()))?,
            external: or_as_it_is(self.external(), leaver.map(|known| known.external.clone()))?,
        })
    }

    /// Whether they work here; where nothing is said, as it is.
    pub(super) fn active(&self) -> Result<bool, Wrong> {
        let as_it_is = || self.known.is_none_or(|known| !known.employed.left);
        Ok(truth(get(self.user, "active"))?.unwrap_or_else(as_it_is))
    }

    fn name(&self) -> Result<Personal<String>, Wrong> {
        if let Some(name) = text(self.user, "displayName")? {
            return Ok(name.into());
        }
        let parts = get(self.user, "name").and_then(Value::as_object);
        let parts = parts.ok_or_else(|| missing("displayName"))?;
        if let Some(name) = text(parts, "formatted")? {
            return Ok(name.into());
        }
        let both = [text(parts, "givenName")?, text(parts, "familyName")?];
        let name = both.into_iter().flatten().collect::<Vec<_>>().join(" ");
        if name.is_empty() { Err(missing("displayName")) } else { Ok(name.into()) }
    }

    fn job(&self) -> Result<Job, Wrong> {
        let title = text(self.user, "title")?.ok_or_else(|| missing("title"))?;
        let role = match text(self.user, "userType")? {
            Some(role) => role,
            None => self.primary("roles")?.ok_or_else(|| missing("userType"))?,
        };
        let known = || format!("userType is no role here; roles: {}", self.roles.join(", "));
        let role = role.to_lowercase().parse::<Role>().map_err(|_| Wrong::value(known()))?;
        Ok(Job { title, role })
    }

    fn email(&self) -> Result<Option<EmailAddress>, Wrong> {
        let wrong = |_| Wrong::value("emails holds something that is no e-mail address");
        self.primary("emails")?.map(|sent| sent.parse().map_err(wrong)).transpose()
    }

    fn external(&self) -> Result<Option<Personal<String>>, Wrong> {
        let external = text(self.user, "externalId")?;
        if external.as_ref().is_some_and(|id| id.chars().count() > 200) {
            return Err(Wrong::value("externalId has at most 200 characters"));
        }
        Ok(external.map(Personal::new))
    }

    /// The value of the primary one of several, or of the first; a bare text is taken for its value.
    fn primary(&self, name: &'static str) -> Result<Option<String>, Wrong> {
        let Some(several) = get(self.user, name) else { return Ok(None) };
        let several = several.as_array().map_or(std::slice::from_ref(several), Vec::as_slice);
        let is_primary = |one: &&Value| {
            let primary = one.as_object().and_then(|one| get(one, "primary"));
            matches!(truth(primary), Ok(Some(true)))
        };
        match several.iter().find(is_primary).or_else(|| several.first()) {
            None => Ok(None),
            Some(Value::String(value)) => Ok(Some(value.clone())),
            Some(Value::Object(one)) => text(one, "value"),
            Some(_) => Err(Wrong::value(format!("{name} holds objects with a value"))),
        }
    }
}

fn job_of(known: &Known) -> Job {
    let employee = &known.employed.employee;
    Job { title: employee.job_title.clone(), role: employee.role.clone() }
}

fn or_as_it_is<T>(read: Result<T, Wrong>, as_it_is: Option<T>) -> Result<T, Wrong> {
    read.or_else(|refusal| as_it_is.ok_or(refusal))
}

/// An attribute that was sent and is not null.
pub(super) fn get<'a>(user: &'a Map<String, Value>, name: &str) -> Option<&'a Value> {
    let found = user.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
    found.map(|(_, value)| value).filter(|value| !value.is_null())
}

fn text(user: &Map<String, Value>, name: &'static str) -> Result<Option<String>, Wrong> {
    match get(user, name) {
        None => Ok(None),
        Some(Value::String(text)) if text.trim().is_empty() => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.trim().to_owned())),
        Some(_) => Err(Wrong::value(format!("{name} is a text"))),
    }
}

/// Some personnel systems write `"False"`.
fn truth(value: Option<&Value>) -> Result<Option<bool>, Wrong> {
    match value {
        None => Ok(None),
        Some(Value::Bool(value)) => Ok(Some(*value)),
        Some(Value::String(text)) if text.eq_ignore_ascii_case("true") => Ok(Some(true)),
        Some(Value::String(text)) if text.eq_ignore_ascii_case("false") => Ok(Some(false)),
        Some(_) => Err(Wrong::value("active is true or false")),
    }
}

fn missing(name: &str) -> Wrong {
    Wrong::value(format!("{name} is needed"))
}
