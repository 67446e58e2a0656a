//! Checks of the service discovery of IONOS Cloud. Pure.

use crds::HttpClient;
use crds::v1alpha1::IonosSdConfig;

use super::check_client;
use super::discovery::Checked;
use crate::check::http_client::Credentials;
use crate::check::invalid::{Field, Invalid};
use crate::prometheus::select::Checks;

impl Checked for IonosSdConfig {
    /// The schema requires an Authorization header; with OAuth 2.0 it is not written.
    fn check(&self, _: &Checks<'_>, credentials: &mut Credentials<'_>) -> Result<(), Invalid> {
        let mut client = HttpClient::from(self);
        if client.auth.oauth2.is_some() {
            credentials
                .authorization(&(&self.authorization).into())
                .field("authorization")?;
            client.auth.authorization = None;
        }
        check_client(&client, credentials)
    }
}
