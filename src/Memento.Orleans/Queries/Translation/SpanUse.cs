using System.Linq.Expressions;

namespace Memento.Queries.Translation;

/// <summary>Tells whether an expression holds a value that cannot be boxed.</summary>
internal sealed class SpanUse : ExpressionVisitor
{
    private bool _found;

    private SpanUse()
    {
    }

    public static bool Uses(Expression expression)
    {
        var visitor = new SpanUse();
        visitor.Visit(expression);
        return visitor._found;
    }

    public override Expression? Visit(Expression? node)
    {
        _found |= node is { Type.IsByRefLike: true };
        return _found ? node : base.Visit(node);
    }
}
