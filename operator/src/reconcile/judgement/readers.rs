//! The programs that judge files. Starts them, one at a time. Files are in memory, where the program finds them as
//! `/proc/self/fd/NUMBER`: nothing that may be secret comes onto a disk, and none needs to be writable.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Write as _};
use std::os::fd::AsRawFd as _;
use std::time::Duration;

use process::program;
use rustix::fs::{MemfdFlags, memfd_create};
use tokio::sync::Semaphore;

use crate::args::{ConfigurationCheck, Programs, Reader};

/// Files that one process is given: each costs a descriptor.
const TOGETHER: usize = 100;

/// A file to be judged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct JudgedFile {
    /// Its name, as it is known to users.
    pub name: String,
    /// Its content, unpacked.
    pub content: Vec<u8>,
}

impl JudgedFile {
    /// Those of these names and contents.
    pub(crate) fn all(files: Vec<(String, Vec<u8>)>) -> Vec<Self> {
        files
            .into_iter()
            .map(|(name, content)| Self { name, content })
            .collect()
    }
}

/// What a program is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Question {
    /// Which program.
    pub reader: Reader,
    /// Its arguments, before the files.
    pub arguments: Vec<String>,
    /// What is in front of the path of each file.
    pub prefix: &'static str,
    /// The files, each of which is judged by itself.
    pub files: Vec<JudgedFile>,
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The file cannot be handed over.
    #[error("cannot hold {name} in memory")]
    Memory {
        /// Its name.
        name: String,
        /// The system's reason.
        #[source]
        source: io::Error,
    },
    /// The program did not run to its end.
    #[error(transparent)]
    Program(program::Error),
}

/// The programs.
#[derive(Debug)]
pub(crate) struct Readers {
    programs: BTreeMap<Reader, String>,
    limit: Duration,
    /// Each may need as much memory as the program that it speaks for.
    permit: Semaphore,
}

impl Readers {
    /// Those that the flags name; `None` where these name none.
    pub(crate) fn of(flags: &ConfigurationCheck) -> Option<Self> {
        let Programs(programs) = flags.check_configuration.clone();
        (!programs.is_empty()).then(|| Self {
            programs,
            limit: flags.check_configuration_timeout,
            permit: Semaphore::new(1),
        })
    }

    /// Checks that each of them can be started.
    ///
    /// # Errors
    /// When one cannot.
    pub(crate) async fn check(&self) -> Result<(), program::Error> {
        for program in self.programs.values() {
            program::judge(program, ["--version"], Some(self.limit)).await?;
        }
        Ok(())
    }

    /// Whether a program judges what `question` asks.
    pub(super) fn judges(&self, question: &Question) -> bool {
        self.programs.contains_key(&question.reader)
    }

    /// Why the files are refused, if they are.
    pub(super) async fn refusal(&self, question: &Question) -> Result<Option<String>, Failure> {
        let Some(program) = self.programs.get(&question.reader) else {
            return Ok(None);
        };
        for files in question.files.chunks(TOGETHER) {
            let in_memory: Vec<File> = files.iter().map(in_memory).collect::<Result<_, _>>()?;
            let paths: Vec<String> = in_memory.iter().map(path).collect();
            let files_of = paths.iter().map(|path| format!("{}{path}", question.prefix));
            let arguments: Vec<String> = question.arguments.iter().cloned().chain(files_of).collect();
            let _permit = self.permit.acquire().await;
            let message = match program::judge(program, &arguments, Some(self.limit)).await {
                Ok(()) => continue,
                // Nobody has refused what ended with a signal: maybe there was no memory for it.
                Err(program::Error::Refused { status, text, .. }) if status.code().is_some() => text,
                Err(error @ program::Error::TimedOut { .. }) => error.to_string(),
                Err(error) => return Err(Failure::Program(error)),
            };
            let name = program.rsplit('/').next().unwrap_or(program);
            let named = paths.iter().zip(files).rev();
            let message = named.fold(message, |message, (path, file)| {
                message.replace(path.as_str(), &file.name)
            });
            return Ok(Some(format!("{name} refuses it: {message}")));
        }
        Ok(None)
    }
}

/// A file without a place that the processes that are started from here find under a number.
fn in_memory(file: &JudgedFile) -> Result<File, Failure> {
    let made = || -> io::Result<File> {
        let mut made = File::from(memfd_create("configuration", MemfdFlags::empty())?);
        made.write_all(&file.content)?;
        Ok(made)
    };
    made().map_err(|source| Failure::Memory {
        name: file.name.clone(),
        source,
    })
}

fn path(file: &File) -> String {
    format!("/proc/self/fd/{}", file.as_raw_fd())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn readers(program: &str, limit: Duration) -> Readers {
        Readers::of(&ConfigurationCheck {
            check_configuration: format!("prometheus={program}").parse().expect("a program"),
            check_configuration_timeout: limit,
        })
        .expect("one")
    }

    fn question(arguments: &[&str], contents: &[&str]) -> Question {
        let file = |(number, content): (usize, &&str)| JudgedFile {
            name: format!("file-{number}"),
            content: content.as_bytes().to_vec(),
        };
        Question {
            reader: Reader::Prometheus,
            arguments: arguments.iter().map(|argument| (*argument).to_owned()).collect(),
            prefix: "",
            files: contents.iter().enumerate().map(file).collect(),
        }
    }

    #[tokio::test]
    async fn a_program_reads_the_files_and_names_them() {
        let readers = readers("/bin/sh", Duration::from_mins(1));
        let script = r#"for file; do grep -q poison "$file" && { echo "$file is bad"; exit 1; }; done; exit 0"#;
        let asked = async |contents: &[&str]| readers.refusal(&question(&["-c", script, "sh"], contents)).await;
        let many = vec!["fine"; 250];
        assert_eq!(asked(&many).await.expect("an answer"), None);
        let refused = asked(&["fine", "poison", "fine"]).await.expect("an answer");
        assert_eq!(refused.as_deref(), Some("sh refuses it: file-1 is bad"));
        let other = Question {
            reader: Reader::Thanos,
            ..question(&[], &["poison"])
        };
        assert!(!readers.judges(&other) && readers.refusal(&other).await.expect("an answer").is_none());
    }

    #[tokio::test]
    async fn what_takes_too_long_is_refused_and_what_does_not_run_is_not() {
        let slow = readers("/bin/sh", Duration::from_millis(50));
        let refused = slow
            .refusal(&question(&["-c", "sleep 1000"], &["a"]))
            .await
            .expect("an answer");
        assert!(refused.is_some_and(|text| text.contains("took longer than 50ms")));
        let killed = readers("/bin/sh", Duration::from_mins(1));
        let killed = killed.refusal(&question(&["-c", "kill -9 $$"], &["a"])).await;
        assert!(matches!(killed, Err(Failure::Program(_))), "{killed:?}");
        let absent = readers("/no/such/program", Duration::from_mins(1));
        assert!(matches!(
            absent.refusal(&question(&[], &["a"])).await,
            Err(Failure::Program(_))
        ));
        assert!(absent.check().await.is_err());
    }
}
