// Prints the dashboard of the operator and the config-reloaders as Grafana reads it. What it shows is in panels.go.
package main

import (
	"encoding/json"
	"log"
	"os"

	"github.com/grafana/grafana-foundation-sdk/go/cog"
	"github.com/grafana/grafana-foundation-sdk/go/cog/variants"
	"github.com/grafana/grafana-foundation-sdk/go/common"
	"github.com/grafana/grafana-foundation-sdk/go/dashboard"
	"github.com/grafana/grafana-foundation-sdk/go/prometheus"
	"github.com/grafana/grafana-foundation-sdk/go/stat"
	"github.com/grafana/grafana-foundation-sdk/go/timeseries"
)

func source() common.DataSourceRef {
	return common.DataSourceRef{Type: cog.ToPtr("prometheus"), Uid: cog.ToPtr("${datasource}")}
}

// variable offers the values of a label of a metric; all of them unless some are chosen.
func variable(name, label, metric string) *dashboard.QueryVariableBuilder {
	question := "label_values(" + metric + ", " + name + ")"
	return dashboard.NewQueryVariableBuilder(name).
		Label(label).
		Datasource(source()).
		Query(dashboard.StringOrMap{String: &question}).
		Refresh(dashboard.VariableRefreshOnTimeRangeChanged).
		Sort(dashboard.VariableSortAlphabeticalAsc).
		Multi(true).
		IncludeAll(true).
		AllValue(".*").
		Current(dashboard.VariableOption{
			Selected: cog.ToPtr(true),
			Text:     dashboard.StringOrArrayOfString{ArrayOfString: []string{"All"}},
			Value:    dashboard.StringOrArrayOfString{ArrayOfString: []string{"$__all"}},
		})
}

func targets(of panel) []cog.Builder[variants.Dataquery] {
	var all []cog.Builder[variants.Dataquery]
	for index, query := range of.queries {
		target := prometheus.NewDataqueryBuilder().
			Datasource(source()).
			RefId(string(rune('A' + index))).
			Expr(query.expression).
			LegendFormat(query.legend)
		if of.isNumber {
			target = target.Instant()
		} else {
			target = target.Range()
		}
		all = append(all, target)
	}
	return all
}

func number(of panel) cog.Builder[dashboard.Panel] {
	return stat.NewPanelBuilder().
		Title(of.title).
		Description(of.description).
		Datasource(source()).
		Unit(of.unit).
		Height(4).
		Span(6).
		Targets(targets(of))
}

func graph(of panel) cog.Builder[dashboard.Panel] {
	return timeseries.NewPanelBuilder().
		Title(of.title).
		Description(of.description).
		Datasource(source()).
		Unit(of.unit).
		Min(0).
		FillOpacity(10).
		Height(7).
		Span(12).
		Targets(targets(of))
}

func build() (dashboard.Dashboard, error) {
	board := dashboard.NewDashboardBuilder("Prometheus Operator").
		Uid("prometheus-operator-rs").
		Description("The operator, and the config-reloaders beside what it runs.").
		Tags([]string{"prometheus-operator", "prometheus-operator-mixin"}).
		Readonly().
		Refresh("30s").
		Time("now-1h", "now").
		Timezone("browser").
		Tooltip(dashboard.DashboardCursorSyncCrosshair).
		WithVariable(dashboard.NewDatasourceVariableBuilder("datasource").Label("Data source").Type("prometheus")).
		WithVariable(variable("cluster", "Cluster", "prometheus_operator_build_info")).
		WithVariable(variable("job", "Operator", "prometheus_operator_build_info")).
		WithVariable(variable("namespace", "Namespace of the config-reloaders", "reloader_last_reload_successful"))
	for _, row := range rows {
		board = board.WithRow(dashboard.NewRowBuilder(row.title))
		for _, panel := range row.panels {
			if panel.isNumber {
				board = board.WithPanel(number(panel))
			} else {
				board = board.WithPanel(graph(panel))
			}
		}
	}
	return board.Build()
}

func main() {
	board, err := build()
	if err != nil {
		log.Fatal(err)
	}
	encoder := json.NewEncoder(os.Stdout)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(board); err != nil {
		log.Fatal(err)
	}
}
