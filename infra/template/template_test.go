package template

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// onALaptop returns values like those that infra/local supplies.
func onALaptop() Options {
	return Options{
		Parameters: map[string]string{
			"OidcIssuer": "http://127.0.0.1:8080/oidc", "OidcJwksUrl": "http://127.0.0.1:8080/oidc/keys",
			"OidcClientIds": "console", "TenantClaim": "tenant",
		},
		Attributes: map[string]string{"Table": "arxkeys", "Table.Arn": "arn:aws:dynamodb:local:000000000000:table/arxkeys", "AWS::StackName": "local"},
	}
}

func TestReadUnderstandsTheTemplateOfThisRepository(t *testing.T) {
	got, err := Read("../../template.yaml", onALaptop())
	if err != nil {
		t.Fatal(err)
	}
	verify, ok := got.Function("KeysVerifyFunction")
	if !ok {
		t.Fatal("there is no KeysVerifyFunction")
	}
	if len(verify.Routes) != 1 || verify.Routes[0].Key() != "POST /v1/keys/verify" {
		t.Errorf("keys/verify has the routes %v", verify.Routes)
	}
	if verify.Name() != "keys/verify" || verify.Timeout != 10*time.Second || verify.Architecture != "arm64" {
		t.Errorf("keys/verify was read as %+v", verify)
	}
	for name, want := range map[string]string{
		"TABLE_NAME": "arxkeys", "OIDC_ISSUER": "http://127.0.0.1:8080/oidc", "OIDC_CLIENT_IDS": "console",
		"TENANT_CLAIM": "tenant", "GROUPS_CLAIM": "cognito:groups", "GATE_TTL": "5s",
	} {
		if verify.Environment[name] != want {
			t.Errorf("%s is %q, want %q", name, verify.Environment[name], want)
		}
	}
	for _, s := range verify.Policies {
		if len(s.LeadingKeys) == 0 || len(s.Resources) != 1 || !strings.HasSuffix(s.Resources[0], ":table/arxkeys") {
			t.Errorf("a statement of keys/verify was read as %+v", s)
		}
	}
	want := Table{
		LogicalID: "Table", PartitionKey: Attribute{"pk", "S"}, SortKey: Attribute{"sk", "S"},
		TTLAttribute: "ttl", StreamView: "NEW_AND_OLD_IMAGES", PointInTime: true,
	}
	got.Table.Indexes = nil
	if diff := cmp.Diff(want, got.Table); diff != "" {
		t.Errorf("the table (-want +got):\n%s", diff)
	}
}

// small is a template with one of each part that is read.
const small = `
Parameters:
  Stage: {Type: String, Default: dev, AllowedValues: [dev, prod]}
  Pause: {Type: String, Default: 5s, AllowedPattern: '[0-9]+s'}
  Limit: {Type: Number, Default: 20, MinValue: 2}
Conditions:
  Prod: !Equals [!Ref Stage, prod]
  Dev: !Not [!Condition Prod]
  Either: !Or [!Condition Prod, !Condition Dev]
  Both: !And [Condition: Prod, !Condition Dev]
Globals:
  Function:
    Runtime: provided.al2023
    Handler: bootstrap
    Architectures: [arm64]
    MemorySize: 256
    Timeout: 7
    LoggingConfig: {LogFormat: JSON}
    Environment:
      Variables: {TABLE: !Ref Table, STAGE: !Ref Stage}
Resources:
  Table:
    Type: AWS::DynamoDB::Table
    Properties:
      BillingMode: PAY_PER_REQUEST
      AttributeDefinitions:
        - {AttributeName: pk, AttributeType: S}
        - {AttributeName: n, AttributeType: N}
      KeySchema: [{AttributeName: pk, KeyType: HASH}]
      GlobalSecondaryIndexes:
        - IndexName: byNumber
          KeySchema: [{AttributeName: pk, KeyType: HASH}, {AttributeName: n, KeyType: RANGE}]
          Projection: {ProjectionType: INCLUDE, NonKeyAttributes: [a, b]}
  Api:
    Type: AWS::Serverless::HttpApi
    Properties:
      Auth:
        Authorizers:
          Keys:
            FunctionArn: !GetAtt AskFunction.Arn
            AuthorizerPayloadFormatVersion: '2.0'
            EnableSimpleResponses: true
            Identity: {Headers: [x-api-key], ReauthorizeEvery: 30}
  AskFunction:
    Type: AWS::Serverless::Function
    Properties: {CodeUri: build/functions/ask}
  ThingsGetFunction:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: build/functions/things/get
      Timeout: 3
      LoggingConfig: {LogGroup: !Ref Logs}
      DeadLetterQueue: {Type: SQS, TargetArn: !GetAtt Failed.Arn}
      Environment:
        Variables:
          STAGE: !Sub '${Stage}-${Table.Arn}-${!kept}'
          OWN: !Sub ['${X}/${Stage}', {X: !Join ['+', [a, !Ref Stage]]}]
          CHOICE: !If [Prod, !Ref Unknown, {"Fn::If": [Both, no, !If [Either, 'yes', no]]}]
          GONE: !Ref AWS::NoValue
      Events:
        Route: {Type: HttpApi, Properties: {ApiId: !Ref Api, Method: get, Path: '/things/{id}', Auth: {Authorizer: Keys}}}
        Nightly: {Type: ScheduleV2, Properties: {ScheduleExpression: rate(1 day), Input: '{"a":1}', DeadLetterConfig: {Arn: !GetAtt Failed.Arn}}}
        Often: {Type: Schedule, Properties: {Schedule: rate(5 minutes)}}
        Never: {Type: Schedule, Properties: {Schedule: rate(1 day), Enabled: false}}
      Policies:
        - Statement:
            - Effect: Allow
              Action: [dynamodb:GetItem, dynamodb:Query]
              Resource: [!GetAtt Table.Arn, !Sub '${Table.Arn}/index/*']
              Condition: {'ForAllValues:StringLike': {'dynamodb:LeadingKeys': ['a#*', 'b#*']}}
  ProdFunction:
    Type: AWS::Serverless::Function
    Condition: Prod
    Properties: {CodeUri: !Ref NothingReadsThis}
  Pool:
    Type: AWS::Cognito::UserPool
    Properties: {LambdaConfig: {PreTokenGenerationConfig: {LambdaArn: !GetAtt [AskFunction, Arn], LambdaVersion: V2_0}}}
  Other:
    Type: AWS::Something::Else
    Properties: {Value: !ImportValue elsewhere}
`

func readSmall(t *testing.T, text string, options Options) (*Template, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "template.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return Read(path, options)
}

func withTable() Options {
	return Options{Attributes: map[string]string{"Table": "t", "Table.Arn": "arn:t"}}
}

func TestReadResolvesAllPropertiesOfAFunction(t *testing.T) {
	got, err := readSmall(t, small, withTable())
	if err != nil {
		t.Fatal(err)
	}
	lines := cmp.FilterPath(func(p cmp.Path) bool { return p.Last().String() == ".Line" }, cmp.Ignore())
	want := &Template{
		Parameters: map[string]string{"Stage": "dev", "Pause": "5s", "Limit": "20"},
		Authorizers: []Authorizer{{
			Name: "Keys", Function: "AskFunction", PayloadVersion: "2.0", Simple: true,
			Identity: []string{"$request.header.x-api-key"}, TTL: 30 * time.Second,
		}},
		Table: Table{
			LogicalID: "Table", PartitionKey: Attribute{"pk", "S"},
			Indexes: []Index{{
				Name: "byNumber", PartitionKey: Attribute{"pk", "S"}, SortKey: Attribute{"n", "N"},
				Projection: "INCLUDE", Include: []string{"a", "b"},
			}},
		},
		Functions: []Function{
			{
				LogicalID: "AskFunction", CodeURI: "build/functions/ask", Handler: "bootstrap", Runtime: "provided.al2023",
				Architecture: "arm64", Timeout: 7 * time.Second, MemoryMB: 256,
				Environment: map[string]string{"TABLE": "t", "STAGE": "dev"}, Triggers: []string{"PreTokenGeneration V2_0"},
			},
			{
				LogicalID: "ThingsGetFunction", CodeURI: "build/functions/things/get", Handler: "bootstrap", Runtime: "provided.al2023",
				Architecture: "arm64", Timeout: 3 * time.Second, MemoryMB: 256,
				Environment: map[string]string{"TABLE": "t", "STAGE": "dev-arn:t-${kept}", "OWN": "a+dev/dev", "CHOICE": "yes"},
				Routes:      []Route{{Method: "GET", Path: "/things/{id}", Authorizer: "Keys"}},
				Schedules: []Schedule{
					{Name: "Nightly", Expression: "rate(1 day)", Input: `{"a":1}`},
					{Name: "Often", Expression: "rate(5 minutes)"},
				},
				Policies: []Statement{{
					Effect: "Allow", Actions: []string{"dynamodb:GetItem", "dynamodb:Query"}, Resources: []string{"arn:t", "arn:t/index/*"},
					LeadingKeys: []string{"a#*", "b#*"}, Conditions: []string{"ForAllValues:StringLike dynamodb:LeadingKeys"},
				}},
			},
		},
	}
	if diff := cmp.Diff(want, got, lines); diff != "" {
		t.Errorf("the template (-want +got):\n%s", diff)
	}
}

func TestSuppliedParametersOverrideDefaults(t *testing.T) {
	options := withTable()
	options.Parameters = map[string]string{"Stage": "prod"}
	options.Attributes["Unknown"] = "known"
	options.Attributes["NothingReadsThis"] = "build/functions/prod"
	got, err := readSmall(t, small, options)
	if err != nil {
		t.Fatal(err)
	}
	things, _ := got.Function("ThingsGetFunction")
	if things.Environment["CHOICE"] != "known" {
		t.Errorf("CHOICE is %q", things.Environment["CHOICE"])
	}
	if prod, ok := got.Function("ProdFunction"); !ok || prod.Name() != "prod" {
		t.Errorf("ProdFunction was read as %+v", prod)
	}
}

// TestMistakesAreReportedWithTheirLine breaks the small template in one place at a time.
func TestUserPoolInvokesItsTriggerAndFormsNoCircle(t *testing.T) {
	laptop, err := Read("../../template.yaml", onALaptop())
	if err != nil {
		t.Fatal(err)
	}
	if f, there := laptop.Function("CognitoClaimsFunction"); there {
		t.Errorf("there is no user pool, but %+v", f)
	}
	own := onALaptop()
	own.Parameters = nil
	own.Attributes["UserPool.ProviderURL"], own.Attributes["UserPoolClient"], own.Attributes["CommandLineClient"] = "https://pool.example", "console", "line"
	read, err := Read("../../template.yaml", own)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range read.Functions {
		claims := f.LogicalID == "CognitoClaimsFunction"
		if got := strings.Join(f.Triggers, ", "); (got == "PreTokenGeneration V2_0") != claims || claims == (got == "") {
			t.Errorf("%s has the triggers %q", f.LogicalID, got)
		}
		for name, want := range map[string]string{"OIDC_ISSUER": "https://pool.example", "OIDC_JWKS_URL": "https://pool.example/.well-known/jwks.json", "OIDC_CLIENT_IDS": "console,line"} {
			if claims {
				want = ""
			}
			if got := f.Environment[name]; got != want {
				t.Errorf("%s: %s is %q, want %q", f.LogicalID, name, got, want)
			}
		}
	}
}

func TestMistakesAreReportedWithTheirLine(t *testing.T) {
	for _, m := range []struct{ name, old, new, want string }{
		{"no resources", "Resources:", "Ressources:", "there are no Resources"},
		{"empty", small, "", "the file is empty"},
		{"no YAML", "Parameters:", "Parameters: [", "template.yaml:"},
		{"a list for a mapping", small, "Resources: [a]", "template.yaml:1: this must be a mapping"},
		{"no functions", "AWS::Serverless::Function", "AWS::Lambda::Function", "there is no AWS::Serverless::Function"},
		{"no table", "Type: AWS::DynamoDB::Table", "Type: AWS::DynamoDB::GlobalTable", "there are 0 resources of type AWS::DynamoDB::Table"},
		{"no type", "Type: AWS::DynamoDB::Table", "Tipe: x", "Table has no Type"},
		{"unknown intrinsic", "!Ref Table,", "!ImportValue Table,", "!ImportValue is not supported"},
		{"long unknown intrinsic", "!Ref Table,", "{'Fn::Cidr': [0, [a]]},", "!Cidr is not supported"},
		{"unknown reference", "!Ref Table,", "!Ref Tabel,", "!Ref Tabel has no value"},
		{"unknown attribute", "${Table.Arn}-", "${Table.Arm}-", "!GetAtt Table.Arm has no value"},
		{"a parameter has no attributes", "${Table.Arn}-", "${Stage.Arn}-", "!GetAtt Stage.Arn has no value"},
		{"open brace", "${!kept}", "${Stage", "has no closing brace"},
		{"unknown condition", "Condition: Prod\n    Prop", "Condition: Prood\n    Prop", `the condition "Prood" is not defined in Conditions`},
		{"cycle of conditions", "!Equals [!Ref Stage, prod]", "!Not [!Condition Dev]", "the conditions refer to each other in a cycle"},
		{"not a condition", "!Equals [!Ref Stage, prod]", "!Ref Stage", "takes a list of conditions"},
		{"one-sided equals", "!Equals [!Ref Stage, prod]", "!Equals [!Ref Stage]", "!Equals takes two values"},
		{"no default", "Default: 5s, ", "", "the parameter Pause has no Default"},
		{"pattern", "Default: 5s", "Default: soon", `the parameter Pause is "soon", which does not match`},
		{"number", "Default: 20", "Default: many", `the parameter Limit is "many", which is not a whole number`},
		{"minimum", "Default: 20", "Default: 1", "the parameter Limit is 1; the least is 2"},
		{"value", "Default: dev", "Default: tst", `the parameter Stage is "tst"; the allowed values are dev, prod`},
		{"string for a number", "MemorySize: 256", "MemorySize: much", "cannot unmarshal"},
		{"timeout", "Timeout: 3", "Timeout: 0", "the Timeout of ThingsGetFunction is 0 seconds"},
		{"architectures", "Architectures: [arm64]", "Architectures: [arm64, x86_64]", "needs exactly one value in Architectures"},
		{"no code", "CodeUri: build/functions/ask", "CodeUrl: x", "AskFunction has no CodeUri"},
		{"no method", "Method: get, ", "", "needs a Method and a Path"},
		{"no path", "Path: '/things/{id}', ", "", "needs a Method and a Path"},
		{"unknown event", "Type: ScheduleV2", "Type: SQS", `is of type "SQS"`},
		{"empty schedule", "ScheduleExpression:", "ScheduleExpressions:", "has no expression"},
		{"unknown authorizer", "{Authorizer: Keys}", "{Authorizer: Kees}", "the authorizer Kees of ThingsGetFunction"},
		{"authorizer without a function", "!GetAtt AskFunction.Arn", "!GetAtt TaskFunction.Arn", "names the function TaskFunction"},
		{"authorizer's version", "'2.0'", "'3.0'", "needs AuthorizerPayloadFormatVersion"},
		{"two on one route", "Often: {Type: Schedule, Properties: {Schedule: rate(5 minutes)}}", "Again: {Type: HttpApi, Properties: {Method: GET, Path: '/things/{id}'}}", "both have the route GET /things/{id}"},
		{"a policy by name", "- Statement:", "- AmazonDynamoDBFullAccess\n        - Statement:", "a policy must be a list of inline statements"},
		{"a wide statement", "Resource: [!GetAtt", "NotResource: [!GetAtt", "a statement must have Effect, Action and Resource"},
		{"provisioned", "PAY_PER_REQUEST", "PROVISIONED", "BillingMode"},
		{"undefined key", "{AttributeName: pk, AttributeType: S}", "{AttributeName: ok, AttributeType: S}", `the key "pk" of Table`},
		{"no hash", "KeyType: HASH}]\n      Global", "KeyType: RANGE}]\n      Global", "has no HASH"},
		{"local index", "GlobalSecondaryIndexes:", "LocalSecondaryIndexes:", "LocalSecondaryIndexes are not supported"},
		{"twice", "  Other:", "  Api:", "Api is defined twice"},
		{"a trigger without a function", "[AskFunction, Arn]", "[AskedFunction, Arn]", "the trigger PreTokenGeneration V2_0 names the function AskedFunction"},
		{"a trigger by name", "!GetAtt [AskFunction, Arn]", "AskFunction", "PreTokenGenerationConfig needs LambdaArn"},
		{"alias", "Variables: {TABLE: !Ref Table, STAGE: !Ref Stage}", "Variables: {TABLE: &a x, STAGE: *a}", "CloudFormation does not support aliases"},
	} {
		t.Run(m.name, func(t *testing.T) {
			if !strings.Contains(small, m.old) {
				t.Fatalf("the template does not contain %q", m.old)
			}
			_, err := readSmall(t, strings.ReplaceAll(small, m.old, m.new), withTable())
			if err == nil || !strings.Contains(err.Error(), m.want) {
				t.Fatalf("the error is %v, want %q", err, m.want)
			}
			if !strings.HasPrefix(err.Error(), "template.yaml:") || strings.Contains(err.Error(), "\n") {
				t.Errorf("the error is not one line that begins with the file: %v", err)
			}
		})
	}
}

// TestUnknownIntrinsicIsRefusedAnywhere puts one unknown function at a time where nothing else reads it, and checks the
// line number in the error.
func TestUnknownIntrinsicIsRefusedAnywhere(t *testing.T) {
	text := small + `
Rules:
  Stages: {Assertions: [{Assert: !Contains [[dev, prod], !Ref Stage]}]}
Mappings:
  Places: {eu: {Name: here}}
Outputs:
  Where: {Condition: Prod, Value: !Sub '${Table}'}
Metadata: {Note: !Base64 text}
`
	if _, err := readSmall(t, text, withTable()); err != nil {
		t.Fatal(err)
	}
	for _, place := range []string{
		"!Ref Unknown", "!Ref NothingReadsThis", "!ImportValue elsewhere", "!And [Condition: Prod, !Condition Dev]",
		"!Contains [[dev, prod], !Ref Stage]", "{Name: here}", "!Sub '${Table}'", "!Base64 text", "!Ref Api",
	} {
		before, after, found := strings.Cut(text, place)
		if !found {
			t.Fatalf("the template does not contain %q", place)
		}
		line := strings.Count(before, "\n") + 1
		for _, m := range []struct{ wrong, name string }{
			{"!Reff x", "!Reff"}, {"!ref x", "!ref"}, {"!Fn::Sub x", "!Fn::Sub"}, {"{'Fn::Reff': x}", "Fn::Reff"}, {"{'Fn::Ref': x}", "Fn::Ref"},
			{"{'Fn:Sub': x}", "Fn:Sub"}, {"{'Fn::Sub': {a: [!Iff [1, 2]]}}", "!Iff"}, {"{a: b, 'Fn::': x}", "Fn::"},
		} {
			want := fmt.Sprintf("template.yaml:%d: %q is not an intrinsic function", line, m.name)
			if _, err := readSmall(t, before+m.wrong+after, withTable()); err == nil || !strings.HasPrefix(err.Error(), want) {
				t.Errorf("%s for %s: the error is %v, want %s", m.wrong, place, err, want)
			}
		}
	}
}

func TestSuppliedParameterThatIsNotDeclaredIsRefused(t *testing.T) {
	options := withTable()
	options.Parameters = map[string]string{"Stag": "dev"}
	if _, err := readSmall(t, small, options); err == nil || !strings.Contains(err.Error(), "the parameter Stag, which the template does not declare") {
		t.Errorf("the error is %v", err)
	}
}

func TestMissingFileIsAnError(t *testing.T) {
	if _, err := Read(filepath.Join(t.TempDir(), "none.yaml"), Options{}); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the error is %v", err)
	}
}
