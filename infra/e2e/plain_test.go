package e2e

import (
	"fmt"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// plain formats an attribute's value for searching: with its contents instead of pointers.
func plain(value types.AttributeValue) string {
	switch v := value.(type) {
	case *types.AttributeValueMemberS:
		return v.Value
	case *types.AttributeValueMemberN:
		return v.Value
	case *types.AttributeValueMemberB:
		return string(v.Value)
	case *types.AttributeValueMemberL:
		var all string
		for _, e := range v.Value {
			all += plain(e) + "\n"
		}
		return all
	default:
		panic(fmt.Sprintf("unexpected attribute type %T", value))
	}
}
