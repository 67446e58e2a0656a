//! The checks of the Alertmanagers that alerts are sent to. Pure.

use crds::AlertmanagerEndpoints;
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;

use super::{Owner, at_most_one};
use crate::check::http_client::{self, Required};
use crate::check::invalid::{Field, Invalid, Within};
use crate::check::relabel::check_expression;

impl Owner<'_> {
    /// Checks all Alertmanagers.
    pub(super) fn alertmanagers(&mut self, alertmanagers: &[AlertmanagerEndpoints]) -> Result<(), Invalid> {
        for (index, alertmanager) in alertmanagers.iter().enumerate() {
            self.alertmanager(alertmanager)
                .within(format!("alerting.alertmanagers[{index}]"))?;
        }
        Ok(())
    }

    fn alertmanager(&mut self, alertmanager: &AlertmanagerEndpoints) -> Result<(), Invalid> {
        at_most_one(&[
            ("authorization", alertmanager.authorization.is_some()),
            ("basicAuth", alertmanager.basic_auth.is_some()),
            ("bearerTokenFile", alertmanager.bearer_token_file.is_some()),
            ("sigv4", alertmanager.sigv4.is_some()),
        ])?;
        // Both are matched as expressions.
        check_expression(&alertmanager.name).field("name")?;
        if let IntOrString::String(port) = &alertmanager.port {
            check_expression(port).field("port")?;
        }
        let credentials = &mut self.credentials;
        if let Some(basic_auth) = &alertmanager.basic_auth {
            credentials.basic_auth(basic_auth).within("basicAuth")?;
        }
        if let Some(authorization) = &alertmanager.authorization {
            let options = (&**authorization).into();
            http_client::check_authorization(&options, Required::Yes).field("authorization")?;
            credentials.authorization(&options).field("authorization")?;
        }
        if let Some(sigv4) = &alertmanager.sigv4 {
            credentials.sigv4(sigv4).within("sigv4")?;
        }
        if let Some(tls) = &alertmanager.tls_config {
            credentials.tls(&**tls).field("tlsConfig")?;
        }
        let proxy = alertmanager.into();
        http_client::check_proxy(&proxy).field("proxyConfig")?;
        credentials.proxy(&proxy)?;
        self.relabeling.check_all(&alertmanager.relabelings, "relabelings")?;
        (self.relabeling).check_all(&alertmanager.alert_relabelings, "alertRelabelings")
    }
}
