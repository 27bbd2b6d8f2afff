package architecture

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// granted returns what the policies of a function allow: each action with its kinds of partition keys.
func granted(s stack, function string) (grants []string) {
	policies, _ := s.Resources[function].Properties["Policies"].([]any)
	for _, policy := range policies {
		statements, _ := at(policy, "Statement").([]any)
		for _, statement := range statements {
			keys := at(statement, "Condition", "ForAllValues:StringLike", "dynamodb:LeadingKeys")
			grants = append(grants, fmt.Sprint(at(statement, "Effect"), " ", at(statement, "Action"), " on ", keys))
		}
	}
	slices.Sort(grants)
	return grants
}

// wrongGrants compares the policy of the authorizer that users copy from a document with that of the template.
func wrongGrants(s, documented stack) (complaints []string) {
	want, got := granted(s, "AuthorizersApikeyFunction"), granted(documented, "AccessKeyFunction")
	if len(want) == 0 {
		return []string{"the policy of AuthorizersApikeyFunction is not found"}
	}
	if !slices.Equal(want, got) {
		complaints = append(complaints, fmt.Sprintf("the documented authorizer may %q, and that of the template %q: they are the same function", got, want))
	}
	return complaints
}

// documented reads the first template of the document.
func documented(t *testing.T, document string) stack {
	t.Helper()
	_, text, _ := strings.Cut(document, "```yaml\n")
	text, _, _ = strings.Cut(text, "```")
	return readStack(t, text)
}

func TestDocumentedAuthorizerHasThePolicyOfTheTemplate(t *testing.T) {
	holds(t, wrongGrants(stackOfTemplate(t), documented(t, readText(t, "../../infra/docs/protect-your-api.md"))))
}

func TestDocumentedAuthorizerWithAnotherPolicyIsFound(t *testing.T) {
	good := `
Resources:
  AuthorizersApikeyFunction:
    Type: AWS::Serverless::Function
    Properties:
      Policies: [{Statement: [{Effect: Allow, Action: dynamodb:GetItem, Condition: {'ForAllValues:StringLike': {'dynamodb:LeadingKeys': ['meta#*', 'cred#*']}}}]}]
`
	copied := func(text string) stack {
		return documented(t, "# Text\n\n```yaml\n"+strings.Replace(text, "AuthorizersApikeyFunction", "AccessKeyFunction", 1)+"```\n")
	}
	complains(t, wrongGrants(readStack(t, good), copied(good)))
	complains(t, wrongGrants(readStack(t, good), copied(strings.Replace(good, "'meta#*', ", "", 1))), "may [\"Allow dynamodb:GetItem on [cred#*]\"]")
	complains(t, wrongGrants(readStack(t, good), copied(strings.Replace(good, "GetItem", "Scan", 1))), "dynamodb:Scan")
	complains(t, wrongGrants(readStack(t, "Resources: {}"), copied(good)), "is not found")
}
