package architecture

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"github.com/arxkeys/arxkeys/shared/api"
)

// stack is the part of template.yaml that the rules about logs, throttles and dead-letter queues check. Intrinsic
// functions are read as their argument: !Ref Logs as "Logs".
type stack struct {
	Parameters map[string]struct {
		Default any `yaml:"Default"`
	} `yaml:"Parameters"`
	Globals struct {
		Function map[string]any `yaml:"Function"`
	} `yaml:"Globals"`
	Resources map[string]resource `yaml:"Resources"`
}

func readStack(t *testing.T, text string) (s stack) {
	t.Helper()
	if err := yaml.Unmarshal([]byte(text), &s); err != nil {
		t.Fatal(err)
	}
	return s
}

// stackOfTemplate reads the repository's template.
func stackOfTemplate(t *testing.T) stack {
	t.Helper()
	text, err := os.ReadFile("../../template.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return readStack(t, string(text))
}

// ofType returns the names of the resources of the type, sorted.
func (s stack) ofType(kind string) (names []string) {
	for _, name := range slices.Sorted(maps.Keys(s.Resources)) {
		if s.Resources[name].Type == kind {
			names = append(names, name)
		}
	}
	return names
}

// at returns the value at the path in nested mappings, or nil.
func at(value any, path ...string) any {
	for _, name := range path {
		mapping, _ := value.(map[string]any)
		value = mapping[name]
	}
	return value
}

// logged are the variables of API Gateway that the access log may contain. None of them is chosen by the caller: the
// path, the query and header fields may contain secrets.
var logged = []string{
	"error.responseType", "identity.sourceIp", "integrationLatency", "protocol", "requestId", "requestTimeEpoch",
	"responseLatency", "responseLength", "routeKey", "status",
}

var variable = regexp.MustCompile(`\$(context|stageVariables|request)?\.?([A-Za-z.]*)`)

// wrongLogs finds functions and APIs without a log group of their own, log groups without the retention of the
// parameter, text logs, and access logs that could contain secrets.
func wrongLogs(s stack) (complaints []string) {
	complain := func(format string, args ...any) { complaints = append(complaints, fmt.Sprintf(format, args...)) }
	users := map[string][]string{}
	for _, name := range s.ofType("AWS::Serverless::Function") {
		group := fmt.Sprint(at(s.Resources[name].Properties, "LoggingConfig", "LogGroup"))
		if s.Resources[group].Type != "AWS::Logs::LogGroup" {
			complain("%s has the log group %s: add one to the template, and LoggingConfig: {LogGroup: !Ref …}", name, group)
		}
		users[group] = append(users[group], name)
	}
	for _, name := range s.ofType("AWS::Serverless::HttpApi") {
		settings := at(s.Resources[name].Properties, "AccessLogSettings")
		group, _ := strings.CutSuffix(fmt.Sprint(at(settings, "DestinationArn")), ".Arn")
		users[group] = append(users[group], name)
		format := fmt.Sprint(at(settings, "Format"))
		if !json.Valid([]byte(format)) {
			complain("the access log of %s is no JSON: %s", name, format)
		}
		for _, v := range variable.FindAllStringSubmatch(format, -1) {
			if v[1] != "context" || !slices.Contains(logged, v[2]) {
				complain("the access log of %s contains %s, which is not known to be free of secrets", name, v[0])
			}
		}
	}
	for _, name := range s.ofType("AWS::Logs::LogGroup") {
		if len(users[name]) != 1 {
			complain("the log group %s is that of %v: it must be that of one function or API", name, users[name])
		}
		if days := s.Resources[name].Properties["RetentionInDays"]; days != "LogRetentionDays" {
			complain("the log group %s keeps its logs for %v: set RetentionInDays: !Ref LogRetentionDays", name, days)
		}
	}
	if format := at(s.Globals.Function, "LoggingConfig", "LogFormat"); format != "JSON" {
		complain("the LogFormat in Globals is %v: it must be JSON", format)
	}
	return complaints
}

// verifying are the routes that customers' services and gateways call for each of their requests.
var verifying = append([]string{"POST /v1/keys/verify"}, routesOf(api.Check.Spec())...)

// unthrottled finds an API that has no default limit of requests, routes that anybody may call without the stricter
// limit, and settings of routes that do not exist, which AWS refuses.
func unthrottled(s stack, public, all []string) (complaints []string) {
	complain := func(format string, args ...any) { complaints = append(complaints, fmt.Sprintf(format, args...)) }
	is := func(settings any, parameter string) bool {
		return at(settings, "ThrottlingRateLimit") == parameter && at(settings, "ThrottlingBurstLimit") == parameter
	}
	for _, name := range s.ofType("AWS::Serverless::HttpApi") {
		properties := s.Resources[name].Properties
		if !is(properties["DefaultRouteSettings"], "RateLimit") {
			complain("%s has the default limit %v: set rate and burst to !Ref RateLimit", name, properties["DefaultRouteSettings"])
		}
		for _, route := range public {
			if settings := at(properties["RouteSettings"], route); !is(settings, "PublicRateLimit") {
				complain("anybody may call %s, and its limit is %v: set rate and burst to !Ref PublicRateLimit", route, settings)
			}
		}
		for _, route := range verifying {
			if settings := at(properties["RouteSettings"], route); slices.Contains(all, route) && !is(settings, "VerifyRateLimit") {
				complain("%s verifies, and its limit is %v: set rate and burst to !Ref VerifyRateLimit", route, settings)
			}
		}
		settings, _ := properties["RouteSettings"].(map[string]any)
		for _, route := range slices.Sorted(maps.Keys(settings)) {
			if !slices.Contains(all, route) {
				complain("RouteSettings contains %s, which is no route", route)
			}
		}
	}
	if number(s, "PublicRateLimit") >= number(s, "RateLimit") || number(s, "RateLimit") >= number(s, "VerifyRateLimit") {
		complain("the limits must grow from PublicRateLimit to RateLimit to VerifyRateLimit")
	}
	return complaints
}

// number returns the default of a parameter, or 0 if it is no number.
func number(s stack, parameter string) int {
	n, _ := s.Parameters[parameter].Default.(int)
	return n
}

// withoutDeadLetters finds asynchronous invocations whose failures nothing keeps: schedules need a dead-letter queue for
// what cannot be delivered, and their functions one for what failed.
func withoutDeadLetters(s stack) (complaints []string) {
	complain := func(format string, args ...any) { complaints = append(complaints, fmt.Sprintf(format, args...)) }
	isQueue := func(arn any) bool {
		name, isARN := strings.CutSuffix(fmt.Sprint(arn), ".Arn")
		return isARN && s.Resources[name].Type == "AWS::SQS::Queue"
	}
	for _, name := range s.ofType("AWS::Serverless::Function") {
		properties := s.Resources[name].Properties
		events, _ := properties["Events"].(map[string]any)
		for _, event := range slices.Sorted(maps.Keys(events)) {
			switch kind := at(events[event], "Type"); kind {
			case "HttpApi":
			case "ScheduleV2":
				if arn := at(events[event], "Properties", "DeadLetterConfig", "Arn"); !isQueue(arn) {
					complain("the schedule %s of %s has the dead-letter queue %v: set DeadLetterConfig: {Arn: !GetAtt FailedJobs.Arn}", event, name, arn)
				}
				if arn := at(properties, "DeadLetterQueue", "TargetArn"); !isQueue(arn) {
					complain("%s has the dead-letter queue %v: set DeadLetterQueue: {Type: SQS, TargetArn: !GetAtt FailedJobs.Arn}", name, arn)
				}
			default:
				complain("the event %s of %s is of type %v: add its dead-letter queue to this rule", event, name, kind)
			}
		}
	}
	return complaints
}

// unreserved finds functions on the critical path of customers' requests whose environments VerifyConcurrency does not
// reserve, and functions without the tracing of the parameter.
func unreserved(s stack, functions []string) (complaints []string) {
	complain := func(format string, args ...any) { complaints = append(complaints, fmt.Sprintf(format, args...)) }
	for _, name := range functions {
		const want = "[HasVerifyConcurrency VerifyConcurrency AWS::NoValue]"
		if reserved := fmt.Sprint(s.Resources[name].Properties["ReservedConcurrentExecutions"]); reserved != want {
			complain("%s reserves %s environments: set ReservedConcurrentExecutions: !If [HasVerifyConcurrency, !Ref VerifyConcurrency, !Ref AWS::NoValue]", name, reserved)
		}
	}
	if tracing := s.Globals.Function["Tracing"]; tracing != "Tracing" {
		complain("Tracing in Globals is %v: it must be !Ref Tracing", tracing)
	}
	return complaints
}

// publicRoutes returns the routes that anybody may call, and allRoutes all routes.
func publicRoutes() (routes []string) {
	for _, op := range api.Operations() {
		if op.Permission == api.Public || op.Permission == api.HoldKey {
			routes = append(routes, routesOf(op)...)
		}
	}
	return append(routes, fallbackRoutes(api.Operations())...)
}

func allRoutes() (routes []string) {
	for _, op := range api.Served() {
		routes = append(routes, routesOf(op)...)
	}
	return append(routes, fallbackRoutes(api.Operations())...)
}

func TestEveryFunctionHasItsLogGroup(t *testing.T) {
	holds(t, wrongLogs(stackOfTemplate(t)))
}

func TestEveryRouteIsThrottled(t *testing.T) {
	holds(t, unthrottled(stackOfTemplate(t), publicRoutes(), allRoutes()))
}

func TestFailedJobsAreKept(t *testing.T) {
	holds(t, withoutDeadLetters(stackOfTemplate(t)))
}

func TestVerificationReservesItsEnvironments(t *testing.T) {
	holds(t, unreserved(stackOfTemplate(t), []string{"KeysVerifyFunction", "CheckFunction", "AuthorizersApikeyFunction"}))
}

func TestFunctionWithoutReservedEnvironmentsIsFound(t *testing.T) {
	good := `
Globals: {Function: {Tracing: !Ref Tracing}}
Resources: {F: {Type: AWS::Serverless::Function, Properties: {ReservedConcurrentExecutions: !If [HasVerifyConcurrency, !Ref VerifyConcurrency, !Ref AWS::NoValue]}}}
`
	complains(t, unreserved(readStack(t, good), []string{"F"}))
	complains(t, unreserved(readStack(t, strings.Replace(good, "Reserved", "Provisioned", 1)), []string{"F"}), "F reserves <nil> environments")
	complains(t, unreserved(readStack(t, strings.Replace(good, "!Ref Tracing", "Active", 1)), []string{"F"}), "Tracing in Globals is Active")
}

func TestWrongLogsAreFound(t *testing.T) {
	good := `
Globals: {Function: {LoggingConfig: {LogFormat: JSON}}}
Resources:
  F: {Type: AWS::Serverless::Function, Properties: {LoggingConfig: {LogGroup: !Ref FLogs}}}
  Api: {Type: AWS::Serverless::HttpApi, Properties: {AccessLogSettings: {DestinationArn: !GetAtt ApiLogs.Arn, Format: '{"a": "$context.requestId"}'}}}
  FLogs: {Type: AWS::Logs::LogGroup, Properties: {RetentionInDays: !Ref LogRetentionDays}}
  ApiLogs: {Type: AWS::Logs::LogGroup, Properties: {RetentionInDays: !Ref LogRetentionDays}}
`
	complains(t, wrongLogs(readStack(t, good)))
	for _, c := range []struct{ from, to, want string }{
		{"LogFormat: JSON", "LogFormat: Text", "must be JSON"},
		{"Properties: {LoggingConfig: {LogGroup: !Ref FLogs}}", "Properties: {}", "F has the log group <nil>"},
		{"LogGroup: !Ref FLogs", "LogGroup: !Ref ApiLogs", "ApiLogs is that of [F Api]"},
		{"RetentionInDays: !Ref LogRetentionDays}}\n  ApiLogs", "RetentionInDays: 7}}\n  ApiLogs", "FLogs keeps its logs for 7"},
		{"!GetAtt ApiLogs.Arn", "!GetAtt Other.Arn", "ApiLogs is that of []"},
		{"$context.requestId", "$context.path", "contains $context.path"},
		{"$context.requestId", "$context.identity.userAgent", "contains $context.identity.userAgent"},
		{"$context.requestId", "$context.authorizer.key", "contains $context.authorizer.key"},
		{"$context.requestId", "$request.header.x-api-key", "contains $request.header.x"},
		{`'{"a": "$context.requestId"}'`, "$context.requestId", "is no JSON"},
	} {
		text := strings.Replace(good, c.from, c.to, 1)
		if got := strings.Join(wrongLogs(readStack(t, text)), "\n"); text == good || !strings.Contains(got, c.want) {
			t.Errorf("%s: %q, want it to say %q", c.to, got, c.want)
		}
	}
}

func TestRouteWithoutALimitIsFound(t *testing.T) {
	good := `
Parameters: {PublicRateLimit: {Default: 1}, RateLimit: {Default: 2}, VerifyRateLimit: {Default: 3}}
Resources:
  Api:
    Type: AWS::Serverless::HttpApi
    Properties:
      DefaultRouteSettings: {ThrottlingRateLimit: !Ref RateLimit, ThrottlingBurstLimit: !Ref RateLimit}
      RouteSettings:
        GET /open: {ThrottlingRateLimit: !Ref PublicRateLimit, ThrottlingBurstLimit: !Ref PublicRateLimit}
`
	public, all := []string{"GET /open"}, []string{"GET /open", "GET /closed"}
	complains(t, unthrottled(readStack(t, good), public, all))
	for _, c := range []struct{ from, to, want string }{
		{"DefaultRouteSettings", "Other", "default limit <nil>"},
		{"GET /open", "GET /closed", "anybody may call GET /open, and its limit is <nil>"},
		{"GET /open", "GET /none", "GET /none, which is no route"},
		{"ThrottlingBurstLimit: !Ref PublicRateLimit", "ThrottlingBurstLimit: 100", "anybody may call GET /open"},
		{"PublicRateLimit: {Default: 1}", "PublicRateLimit: {Default: 2}", "must grow"},
	} {
		text := strings.Replace(good, c.from, c.to, 1)
		if got := strings.Join(unthrottled(readStack(t, text), public, all), "\n"); text == good || !strings.Contains(got, c.want) {
			t.Errorf("%s: %q, want it to say %q", c.to, got, c.want)
		}
	}
}

func TestJobWithoutADeadLetterQueueIsFound(t *testing.T) {
	good := `
Resources:
  Failed: {Type: AWS::SQS::Queue}
  Job:
    Type: AWS::Serverless::Function
    Properties:
      DeadLetterQueue: {Type: SQS, TargetArn: !GetAtt Failed.Arn}
      Events: {S: {Type: ScheduleV2, Properties: {DeadLetterConfig: {Arn: !GetAtt Failed.Arn}}}}
`
	complains(t, withoutDeadLetters(readStack(t, good)))
	for _, c := range []struct{ from, to, want string }{
		{"DeadLetterQueue:", "Other:", "Job has the dead-letter queue <nil>"},
		{"DeadLetterConfig:", "Other:", "S of Job has the dead-letter queue <nil>"},
		{"ScheduleV2", "DynamoDB", "is of type DynamoDB"},
		{"Failed: {Type: AWS::SQS::Queue}", "Failed: {Type: AWS::SNS::Topic}", "Failed.Arn"},
	} {
		text := strings.Replace(good, c.from, c.to, 1)
		if got := strings.Join(withoutDeadLetters(readStack(t, text)), "\n"); text == good || !strings.Contains(got, c.want) {
			t.Errorf("%s: %q, want it to say %q", c.to, got, c.want)
		}
	}
}
