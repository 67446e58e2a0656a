{
  _config+:: {
    // Which series are those of the operator.
    prometheusOperatorSelector: 'job="prometheus-operator"',
    // The same for series whose label `namespace` is that of the object they are about, not of the operator.
    prometheusOperatorObjectSelector: 'job=~"prometheus-operator"',
    // Which series are those of config-reloaders.
    configReloaderSelector: 'namespace=~".+"',
    // Labels by which controllers are told apart; with several clusters, `cluster` as well.
    groupLabels: 'controller,namespace',
    // Where the runbooks are, with %s for the name of the alert; without it the annotation names the page in the project.
    runbookURLPattern: null,
    // A certificate of the webhooks that is valid for less than this is near its end. The operator replaces its own when a
    // third of their lifetime is left: 30 days, unless --admission-certificate-lifetime says otherwise.
    certificateExpirySeconds: 7 * 24 * 60 * 60,
    // A compressed configuration of this size is near the limit of 1 MiB for a Secret.
    configurationBytes: 800 * 1024,
    ruleLabels: { severity: 'warning' },
  },
}
