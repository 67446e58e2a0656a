//! Where a path lies: on a file system whose changes the kernel does not see, or mounted by itself. Reads `/proc` and
//! asks the system about file systems.

use std::fs;
use std::path::{Path, PathBuf};

/// Numbers of file systems that others write to over a network, or through a daemon (`statfs(2)`).
const NETWORK: &[u64] = &[
    0x6969,      // NFS
    0x517B,      // SMB
    0xFF53_4D42, // CIFS
    0xFE53_4D42, // SMB 2
    0x6573_5546, // FUSE
    0x0102_1997, // 9P
    0x00C3_6400, // Ceph
    0x5346_414F, // AFS
    0x0BD0_0BD0, // Lustre
    0x786F_4256, // VirtualBox' shared folders
];

/// Whether others may change the content of `folder` without this kernel seeing it.
pub(super) fn is_on_network(folder: &Path) -> bool {
    #[expect(
        clippy::cast_sign_loss,
        reason = "a number of 32 bits, which the system declares as signed"
    )]
    rustix::fs::statfs(folder).is_ok_and(|file_system| NETWORK.contains(&(file_system.f_type as u64)))
}

/// The files directly in `folders` that are mounted by themselves, by their real names. A change of
/// such a file shows on the file alone, and a file that takes its place outside does not show at all.
pub fn mounted_alone(folders: &[impl AsRef<Path>]) -> Vec<PathBuf> {
    // Without `/proc` nothing is known to be mounted.
    let mounts = fs::read_to_string("/proc/self/mountinfo").unwrap_or_default();
    let holds = |point: &PathBuf| folders.iter().any(|folder| point.parent() == Some(folder.as_ref()));
    mount_points(&mounts)
        .filter(|point| holds(point) && point.is_file())
        .collect()
}

/// The mount points of a list as `proc_pid_mountinfo(5)` describes it.
fn mount_points(mounts: &str) -> impl Iterator<Item = PathBuf> {
    let points = mounts.lines().filter_map(|line| line.split(' ').nth(4));
    points.map(|point| PathBuf::from(unescaped(point)))
}

/// `\040` stands for a space there, and so on.
fn unescaped(text: &str) -> String {
    [("\\040", " "), ("\\011", "\t"), ("\\012", "\n"), ("\\134", "\\")]
        .iter()
        .fold(text.to_owned(), |text, (code, character)| text.replace(code, character))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mount_points_are_read_with_their_spaces() {
        let mounts = "36 35 98:0 / / rw,noatime master:1 - ext4 /dev/root rw\n\
                      40 36 98:0 /a /etc/prom\\040a/prometheus.yml rw - ext4 /dev/root rw\n\
                      \n";
        let points: Vec<_> = mount_points(mounts).collect();
        assert_eq!(points, [Path::new("/"), Path::new("/etc/prom a/prometheus.yml")]);
    }

    #[test]
    fn a_local_folder_is_not_on_a_network_and_proc_is_no_file() {
        assert!(!is_on_network(Path::new("/proc")) && !is_on_network(Path::new("/no/such/folder")));
        // Something is mounted on /proc, but it is a folder.
        assert_eq!(mounted_alone(&["/"]), Vec::<PathBuf>::new());
    }
}
