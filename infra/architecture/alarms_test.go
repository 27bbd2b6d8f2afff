package architecture

import (
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/lambda/metrics"
)

const runbooks = "infra/docs/operate.md"

// alarms returns the names of the alarms, and of the budget that notifies like one.
func (s stack) alarms() []string {
	names := append(s.ofType("AWS::CloudWatch::Alarm"), s.ofType("AWS::Budgets::Budget")...)
	slices.Sort(names)
	return names
}

// reported are the metrics of functions by their dimension. Those of jobs are in the dashboard only.
var reported = map[string]string{
	metrics.RefusedCredentials: metrics.Stack, metrics.StoreErrors: metrics.Stack, metrics.WrongTable: metrics.Stack,
	metrics.ManagementKeysDue: metrics.Stack, metrics.EdgeSecretDays: metrics.Stack,
	metrics.Latency: metrics.Function, metrics.JobItems: metrics.Function, metrics.JobFailures: metrics.Function, metrics.JobsUnfinished: metrics.Function,
}

// wrongAlarms finds alarms that cost money by default or notify nobody, alarms without a runbook, runbooks without an
// alarm, and alarms on metrics that no function reports, which would never fire.
func wrongAlarms(s stack, document string) (complaints []string) {
	complain := func(format string, args ...any) { complaints = append(complaints, fmt.Sprintf(format, args...)) }
	headings := regexp.MustCompile(`(?m)^### (\w+Alarm)$`).FindAllStringSubmatch(document, -1)
	described := map[string]bool{}
	for _, heading := range headings {
		described[heading[1]] = true
		if !slices.Contains(s.alarms(), heading[1]) {
			complain("%s describes %s, which is no alarm of the template", runbooks, heading[1])
		}
	}
	for _, name := range s.alarms() {
		r := s.Resources[name]
		if !described[name] {
			complain("%s has no heading ### %s in %s", name, name, runbooks)
		}
		if r.Type != "AWS::CloudWatch::Alarm" {
			continue
		}
		if r.Condition != "HasAlarms" {
			complain("%s has the condition %q: every alarm costs money, so it must be HasAlarms", name, r.Condition)
		}
		if link := runbooks + "#" + strings.ToLower(name); !strings.Contains(fmt.Sprint(r.Properties["AlarmDescription"]), link) {
			complain("the description of %s does not contain %s", name, link)
		}
		for _, action := range []string{"AlarmActions", "OKActions"} {
			if fmt.Sprint(r.Properties[action]) != "[AlarmTopic]" {
				complain("%s has the %s %v: they must be [!Ref AlarmTopic]", name, action, r.Properties[action])
			}
		}
		if r.Properties["Namespace"] != metrics.Namespace {
			continue
		}
		metric := fmt.Sprint(r.Properties["MetricName"])
		dimensions, _ := r.Properties["Dimensions"].([]any)
		if len(dimensions) != 1 || reported[metric] == "" || at(dimensions[0], "Name") != reported[metric] {
			complain("%s is about %s by %v, which no function reports", name, metric, dimensions)
		}
	}
	return complaints
}

// wrongDashboards finds dashboards that cost money by default or are no JSON, that leave out a verdict, or that show
// metrics that no function reports.
func wrongDashboards(s stack, codes []api.Code) (complaints []string) {
	complain := func(format string, args ...any) { complaints = append(complaints, fmt.Sprintf(format, args...)) }
	verdicts := map[string]bool{}
	for _, code := range codes {
		verdicts[metrics.VerdictPrefix+string(code)] = true
	}
	for _, name := range s.ofType("AWS::CloudWatch::Dashboard") {
		r := s.Resources[name]
		if r.Condition != "HasDashboard" {
			complain("%s has the condition %q: it costs money, so it must be HasDashboard", name, r.Condition)
		}
		var body struct {
			Widgets []struct {
				Properties struct {
					Metrics [][]any `json:"metrics"`
				} `json:"properties"`
			} `json:"widgets"`
		}
		if err := json.Unmarshal([]byte(fmt.Sprint(r.Properties["DashboardBody"])), &body); err != nil {
			complain("the body of %s: %v", name, err)
		}
		shown := map[string]bool{}
		for _, widget := range body.Widgets {
			for _, metric := range widget.Properties.Metrics {
				if len(metric) < 4 || metric[0] != metrics.Namespace {
					continue
				}
				of, dimension := fmt.Sprint(metric[1]), fmt.Sprint(metric[2])
				shown[of] = true
				if !(verdicts[of] && dimension == metrics.Stack) && (reported[of] == "" || reported[of] != dimension) {
					complain("%s shows %s by %s, which no function reports", name, of, dimension)
				}
			}
		}
		for _, code := range codes {
			if !shown[metrics.VerdictPrefix+string(code)] {
				complain("%s does not show the verdict %s", name, code)
			}
		}
		for metric := range reported {
			if !shown[metric] {
				complain("%s does not show %s", name, metric)
			}
		}
	}
	return complaints
}

func TestEveryAlarmHasItsRunbook(t *testing.T) {
	document, err := os.ReadFile("../../" + runbooks)
	if err != nil {
		t.Fatal(err)
	}
	s := stackOfTemplate(t)
	if len(s.alarms()) < 10 {
		t.Errorf("%d alarms are found", len(s.alarms()))
	}
	holds(t, wrongAlarms(s, string(document)))
}

func TestDashboardShowsEveryMetric(t *testing.T) {
	s := stackOfTemplate(t)
	if len(s.ofType("AWS::CloudWatch::Dashboard")) != 1 {
		t.Error("there is no dashboard")
	}
	holds(t, wrongDashboards(s, api.Codes()))
}

func TestAlarmWithoutARunbookIsFound(t *testing.T) {
	good := `
Resources:
  LateAlarm:
    Type: AWS::CloudWatch::Alarm
    Condition: HasAlarms
    Properties:
      AlarmDescription: 'Late. Runbook: infra/docs/operate.md#latealarm'
      Namespace: Arxkeys
      MetricName: Latency
      Dimensions: [{Name: Function, Value: !Ref F}]
      AlarmActions: [!Ref AlarmTopic]
      OKActions: [!Ref AlarmTopic]
  CostAlarm: {Type: AWS::Budgets::Budget, Condition: HasBudget}
`
	document := "## Alarms\n\n### LateAlarm\n\nText.\n\n### CostAlarm\n"
	complains(t, wrongAlarms(readStack(t, good), document))
	complains(t, wrongAlarms(readStack(t, good), document+"\n### GoneAlarm\n"), "describes GoneAlarm")
	complains(t, wrongAlarms(readStack(t, good), "### LateAlarm\n"), "CostAlarm has no heading")
	for _, c := range []struct{ from, to, want string }{
		{"LateAlarm:", "EarlyAlarm:", "EarlyAlarm has no heading"},
		{"#latealarm", "", "does not contain infra/docs/operate.md#latealarm"},
		{"Condition: HasAlarms", "DependsOn: F", "costs money"},
		{"AlarmActions: [!Ref AlarmTopic]", "AlarmActions: []", "has the AlarmActions []"},
		{"OKActions", "InsufficientDataActions", "has the OKActions <nil>"},
		{"MetricName: Latency", "MetricName: Latencies", "about Latencies by"},
		{"Name: Function", "Name: Stack", "about Latency by"},
	} {
		text := strings.Replace(good, c.from, c.to, 1)
		if got := strings.Join(wrongAlarms(readStack(t, text), document), "\n"); text == good || !strings.Contains(got, c.want) {
			t.Errorf("%s: %q, want it to say %q", c.to, got, c.want)
		}
	}
}

func TestIncompleteDashboardIsFound(t *testing.T) {
	row := func(metric, dimension string) string {
		return fmt.Sprintf(`["Arxkeys", %q, %q, "${X}"]`, metric, dimension)
	}
	rows := []string{row("Verdict.VALID", metrics.Stack), `["AWS/Lambda", "Errors", "FunctionName", "${F}"]`}
	for metric, dimension := range reported {
		rows = append(rows, row(metric, dimension))
	}
	good := `Resources: {D: {Type: AWS::CloudWatch::Dashboard, Condition: HasDashboard, Properties: {DashboardBody: !Sub '{"widgets": [{"properties": {"metrics": [` + strings.Join(rows, ", ") + `]}}]}'}}}`
	codes := []api.Code{api.CodeValid}
	complains(t, wrongDashboards(readStack(t, good), codes))
	complains(t, wrongDashboards(readStack(t, good), append(codes, api.CodeExpired)), "does not show the verdict EXPIRED")
	for _, c := range []struct{ from, to, want string }{
		{"Condition: HasDashboard", "Condition: HasAlarms", "costs money"},
		{"[{", "[,{", "the body of D"},
		{row("Latency", metrics.Function), row("Latency", metrics.Stack), "shows Latency by Stack"},
		{row("StoreErrors", metrics.Stack), row("StoreFailures", metrics.Stack), "does not show StoreErrors"},
	} {
		text := strings.Replace(good, c.from, c.to, 1)
		if got := strings.Join(wrongDashboards(readStack(t, text), codes), "\n"); text == good || !strings.Contains(got, c.want) {
			t.Errorf("%s: %q, want it to say %q", c.to, got, c.want)
		}
	}
}
