package check

import (
	"regexp"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/arxkeys/arxkeys/shared/store/table"
)

var secret = regexp.MustCompile(`arx(k_(dev|tst|stg|prd)|m)_[0-9A-Za-z]{65}`)

// secrets tells where something lies that looks like an access key or a management key, and not what.
func (s *stored) secrets(items []table.Item) {
	for _, item := range items {
		for attribute, value := range item {
			if looksSecret(value) {
				s.add("%s: %s holds what looks like an access key", secret.ReplaceAllString(item.Key().PK, "…"), attribute)
			}
		}
	}
}

func looksSecret(value types.AttributeValue) bool {
	switch v := value.(type) {
	case *types.AttributeValueMemberS:
		return secret.MatchString(v.Value)
	case *types.AttributeValueMemberB:
		return secret.Match(v.Value)
	case *types.AttributeValueMemberL:
		for _, e := range v.Value {
			if looksSecret(e) {
				return true
			}
		}
	case *types.AttributeValueMemberM:
		for name, e := range v.Value {
			if secret.MatchString(name) || looksSecret(e) {
				return true
			}
		}
	}
	return false
}
