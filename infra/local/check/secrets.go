package check

import (
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/arxkeys/arxkeys/shared/accesskey"
	"github.com/arxkeys/arxkeys/shared/store/table"
)

// secrets reports where an access key or a management key is stored, without repeating it.
func (s *stored) secrets(item table.Item) {
	at := item.Key().PK
	if accesskey.Contains(at) {
		at = "…"
	}
	for attribute, value := range item {
		if holdsSecret(value) {
			s.add("%s: %s contains an access key", at, attribute)
		}
	}
}

func holdsSecret(value types.AttributeValue) bool {
	switch v := value.(type) {
	case *types.AttributeValueMemberS:
		return accesskey.Contains(v.Value)
	case *types.AttributeValueMemberB:
		return accesskey.Contains(string(v.Value))
	case *types.AttributeValueMemberL:
		for _, e := range v.Value {
			if holdsSecret(e) {
				return true
			}
		}
	case *types.AttributeValueMemberM:
		for name, e := range v.Value {
			if accesskey.Contains(name) || holdsSecret(e) {
				return true
			}
		}
	}
	return false
}
