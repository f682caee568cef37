using System.Linq.Expressions;
using System.Runtime.CompilerServices;

namespace Memento.Queries.Translation;

/// <summary>
/// Tells whether an expression uses the record: what does not is evaluated where it is.
/// </summary>
internal sealed class RecordUse : ExpressionVisitor
{
    private readonly ParameterExpression _record;
    private bool _found;

    private RecordUse(ParameterExpression record) => _record = record;

    public static bool Uses(Expression expression, ParameterExpression record)
    {
        var visitor = new RecordUse(record);
        visitor.Visit(expression);
        return visitor._found;
    }

    public override Expression? Visit(Expression? node)
    {
        if (_found)
            return node;

        RuntimeHelpers.EnsureSufficientExecutionStack();
        return base.Visit(node);
    }

    protected override Expression VisitParameter(ParameterExpression node)
    {
        _found |= node == _record;
        return node;
    }
}
