package table

import (
	"bytes"
	"context"
	"fmt"
	"io"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/smithy-go/middleware"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// payload stores the body of a call's first attempt. The SDK encodes the attributes of an item in random
// order; attempts with one ClientRequestToken must be identical.
type payload struct{ sent []byte }

// ID returns the name of the middleware.
func (*payload) ID() string { return "IdenticalPayload" }

// HandleBuild stores the first body and sends it again on later attempts.
func (p *payload) HandleBuild(ctx context.Context, in middleware.BuildInput, next middleware.BuildHandler) (out middleware.BuildOutput, metadata middleware.Metadata, err error) {
	request, ok := in.Request.(*smithyhttp.Request)
	if !ok {
		return out, metadata, fmt.Errorf("unexpected request type %T", in.Request)
	}
	if p.sent == nil {
		if p.sent, err = io.ReadAll(request.GetStream()); err != nil {
			return out, metadata, err
		}
	}
	if in.Request, err = request.SetStream(bytes.NewReader(p.sent)); err != nil {
		return out, metadata, err
	}
	return next.HandleBuild(ctx, in)
}

// identical returns an option that makes all calls with it send the same body.
func identical() func(*dynamodb.Options) {
	p := &payload{}
	return func(o *dynamodb.Options) {
		o.APIOptions = append(o.APIOptions, func(stack *middleware.Stack) error { return stack.Build.Add(p, middleware.Before) })
	}
}
