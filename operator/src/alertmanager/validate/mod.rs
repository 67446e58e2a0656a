use crate::assets::Assets;
use crate::invalid::Invalid;
use crds::v1alpha1::AlertmanagerConfig;
use shared::version::Version;
pub fn check(_object: &AlertmanagerConfig, _version: Version, _assets: &Assets) -> Result<(), Invalid> {
    Ok(())
}
impl crate::assets::Refers for AlertmanagerConfig {
    fn refer(&self, _n: &str, _r: &mut crate::assets::References) {}
}
impl crate::assets::Refers for crds::AlertmanagerGlobalConfig {
    fn refer(&self, _n: &str, _r: &mut crate::assets::References) {}
}
