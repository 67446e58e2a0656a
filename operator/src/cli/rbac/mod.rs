//! `rbac`: the roles that the operator needs with the given flags, and no more; or what a cluster grants of them.

mod check;
mod granted;

use std::io::Write;

use serde_json::json;

use super::report::Report;
use super::{Answer, Failure, Session};
use crate::args::{Format, Rbac};
use crate::object::yaml;
use crate::permissions::manifest::{Account, Role};
use crate::permissions::needed::{self, Installation};
use crate::permissions::review::Asker;

/// Prints the roles, or compares them with those of a cluster.
pub(super) fn run(session: &Session<'_>, options: &Rbac, out: &mut impl Write) -> Result<Answer, Failure> {
    let installation = Installation {
        name: options.name.clone(),
        namespace: options.namespace.clone(),
    };
    let roles = needed::roles(session.args(), &installation)?;
    if options.check {
        let report = compare(session, options, &roles)?;
        report.write(options.output, session.is_coloured(), out)?;
        return Ok(Answer::of(report.count(crate::args::Severity::Error) > 0));
    }
    let account = account(options);
    if options.output == Format::Json {
        let bindings = roles.iter().map(|role| json!(role.binding(&account)));
        let objects: Vec<_> = roles.iter().map(Role::document).chain(bindings).collect();
        writeln!(out, "{:#}", json!({ "objects": objects }))?;
    } else {
        for role in &roles {
            write!(out, "---\n{}---\n{}", role.manifest(), yaml(&role.binding(&account)))?;
        }
    }
    Ok(Answer::Nothing)
}

/// The service account that the roles are for.
fn account(options: &Rbac) -> Account {
    let named = options.service_account.as_ref();
    let namespace = named.and_then(|account| account.namespace.clone());
    Account {
        namespace: namespace.unwrap_or_else(|| options.namespace.clone()),
        name: named.map_or_else(|| options.name.clone(), |account| account.name.clone()),
    }
}

fn compare(session: &Session<'_>, options: &Rbac, roles: &[Role]) -> Result<Report, Failure> {
    let client = session.cluster()?;
    let needs = check::needs(roles);
    let account = account(options);
    session.wait(async {
        if options.cluster {
            let granted = granted::to_account(&client, &account).await?;
            let missing = check::not_among(&needs, &granted);
            return Ok(check::report(&Asker::Account(account), &needs, &missing, &granted));
        }
        let asker = match options.service_account {
            Some(_) => Asker::Account(account),
            None => Asker::Oneself,
        };
        let missing = check::refused(&client, &asker, &needs).await?;
        let granted = match asker {
            Asker::Oneself => granted::to_oneself(&client, roles).await?,
            Asker::Account(_) => Vec::new(),
        };
        Ok(check::report(&asker, &needs, &missing, &granted))
    })
}
