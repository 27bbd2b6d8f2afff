package template

import (
	"os"
	"strings"
	"testing"
)

// FuzzTemplate checks that every file is either read or refused with an error of one line that names the file.
func FuzzTemplate(f *testing.F) {
	text, err := os.ReadFile("../../template.yaml")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(string(text))
	const table = "  Table:\n    Type: AWS::DynamoDB::Table\n    Properties: {BillingMode: PAY_PER_REQUEST, AttributeDefinitions: [{AttributeName: pk, AttributeType: S}], KeySchema: [{AttributeName: pk, KeyType: HASH}]}\n"
	const function = "  F:\n    Type: AWS::Serverless::Function\n    Properties:\n      CodeUri: build/functions/keys/get\n      Architectures: [arm64]\n"
	for _, seed := range []string{
		"", "a", "[]", "Resources:", "Resources: []", "Resources: {A: }", "Resources: {A: {Type: }}", "\t", "a: *b", "a: &a [*a]", "? {a: b}\n: c",
		"Resources:\n" + table + function,
		"Resources:\n" + table + function + "      Policies: [{Statement: {Effect: Allow, Action: '*', Resource: '*'}}]\n",
		"Resources:\n" + table + function + "      Policies: AWSLambdaExecute\n",
		"Resources:\n" + table + function + "      Environment: {Variables: {A: !Sub '${', B: !If [C, 1, 2], D: !GetAtt X}}\n",
		"Resources:\n" + table + function + "      Events: {R: {Type: HttpApi, Properties: {Method: get, Path: /v1}}, S: {Type: Schedule, Properties: {Schedule: rate(1 day)}}}\n",
		"Conditions: {A: !Not [!Condition A]}\nResources:\n" + table + "  F:\n    Type: AWS::Serverless::Function\n    Condition: A\n",
		"Conditions: {A: !Equals [a]}\nResources: {F: {Type: X, Condition: A}}",
		"Parameters: {A: {AllowedPattern: '('}}\nResources: {}",
		"Globals: {Function: {Timeout: a}}\nResources:\n" + table + function,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		read, err := parse("template.yaml", []byte(text), onALaptop())
		switch {
		case err == nil && (read == nil || len(read.Functions) == 0):
			t.Errorf("%q is read as %+v", text, read)
		case err != nil && (!strings.HasPrefix(err.Error(), "template.yaml:") || strings.Contains(err.Error(), "\n")):
			t.Errorf("%q is refused with %q", text, err)
		}
	})
}
