//! Which flags do not go together, and why. Compares paths by where they lead.

use std::path::Path;

use super::paths::real;
use super::{Args, Method, Unset, is_set};
use crate::files::Root;

impl Args {
    /// Why the flags do not go together.
    pub(super) fn conflict(&self, named_urls: bool) -> Option<String> {
        self.of_runs(named_urls)
            .or_else(|| self.of_outputs())
            .or_else(|| self.of_target_folder())
            .or_else(|| self.of_objects())
    }

    fn of_runs(&self, named_urls: bool) -> Option<String> {
        let signal = self.reload_method == Method::Signal;
        let unverifiable = || self.reload_url.iter().find(|url| url.elsewhere("").is_none());
        if signal && (named_urls || is_set(&self.targets_file)) {
            Some("--reload-method=signal takes neither --reload-url nor --targets-file".to_owned())
        } else if self.once && self.validate {
            Some("--once and --validate are mutually exclusive".to_owned())
        } else if self.verify_reload && !signal {
            unverifiable().map(|url| format!("--verify-reload requires URLs that end with /-/reload, not {url}"))
        } else {
            None
        }
    }

    fn of_outputs(&self) -> Option<String> {
        let has_output = is_set(&self.config_envsubst_file);
        if has_output && !is_set(&self.config_file) {
            Some("--config-envsubst-file requires --config-file".to_owned())
        } else if has_output && real(&self.config_file) == real(&self.config_envsubst_file) {
            Some("--config-envsubst-file is the same file as --config-file: it would be overwritten".to_owned())
        } else if self.check_command.is_some() && !is_set(&self.config_file) {
            Some("--check-command requires --config-file".to_owned())
        } else if self.unset_variables == Unset::Fail && !self.validate && !has_output && !is_set(&self.target_dir) {
            Some("--unset-variables=fail requires --config-envsubst-file or --target-dir: nothing is expanded without them".to_owned())
        } else {
            None
        }
    }

    fn of_target_folder(&self) -> Option<String> {
        let roots = self.roots();
        let given = is_set(&self.target_dir);
        let is_watched = |source: &Root| {
            let meets =
                |root: &Root| leads_into(&root.folder, &source.folder) || leads_into(&source.folder, &root.folder);
            roots.iter().any(meets)
        };
        let listed = [
            ("--target-dir-source", &self.target_dir_source),
            ("--target-dir-verbatim", &self.target_dir_verbatim),
        ];
        for (flag, sources) in listed {
            if !sources.is_empty() && !given {
                return Some(format!("{flag} requires --target-dir"));
            }
            if let Some(source) = sources.iter().find(|source| !is_watched(source)) {
                return Some(format!("{flag}: {} is not watched", source.folder.display()));
            }
        }
        if given && roots.is_empty() {
            Some("--target-dir requires --watched-dir or --watched-files".to_owned())
        } else if given && roots.iter().any(|root| leads_into(&self.target_dir, &root.folder)) {
            Some("--target-dir is in a watched folder: what is written would be read again".to_owned())
        } else if self.target_dir_check_command.is_some() && !given {
            Some("--target-dir-check-command requires --target-dir".to_owned())
        } else {
            None
        }
    }

    fn of_objects(&self) -> Option<String> {
        let (object, folder) = self.objects().into_iter().find(|(_, folder)| !self.uses(folder))?;
        let folder = folder.display();
        Some(format!("{object}: no file from {folder} is written elsewhere"))
    }

    /// Whether what is in `folder` becomes something that is written.
    fn uses(&self, folder: &Path) -> bool {
        let is_of_config = self.config_folder().is_some_and(|of_config| of_config == folder);
        let sources = self.target_dir_sources();
        let is_copied = sources.is_empty() || sources.iter().any(|source| folder.starts_with(&source.folder));
        let is_of_roots = is_copied && self.roots().iter().any(|root| root.folder == folder);
        is_of_config && is_set(&self.config_envsubst_file) || is_of_roots && is_set(&self.target_dir)
    }
}

/// Whether `path` is `folder` or lies in it.
fn leads_into(path: &Path, folder: &Path) -> bool {
    real(path).starts_with(real(folder))
}
