using System.Linq.Expressions;

namespace Memento.Queries.Translation;

/// <summary>Shows an expression as it was written: a captured variable by its name.</summary>
internal sealed class ExpressionText : ExpressionVisitor
{
    private const int LongestText = 500;

    public static string Of(Expression expression)
    {
        string text = new ExpressionText().Visit(expression).ToString();
        return text.Length <= LongestText ? text : text[..LongestText] + "…";
    }

    protected override Expression VisitMember(MemberExpression node)
        => node.Expression is ConstantExpression
            ? Expression.Parameter(node.Type, node.Member.Name)
            : base.VisitMember(node);
}
