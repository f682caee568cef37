using System.Linq.Expressions;

namespace Memento.Tests.Queries.Oracle;

/// <summary>Rewrites an expression on samples for rows of another type.</summary>
internal static class Over<T>
    where T : SampleValues
{
    public static Expression<Func<T, TValue>> Of<TValue>(Expression<Func<Sample, TValue>> of)
    {
        ParameterExpression row = Expression.Parameter(typeof(T), "m");
        return Expression.Lambda<Func<T, TValue>>(
            new Replacement(of.Parameters[0], row).Visit(of.Body), row);
    }

    private sealed class Replacement(ParameterExpression from, ParameterExpression to)
        : ExpressionVisitor
    {
        protected override Expression VisitMember(MemberExpression node)
            => node.Expression == from
                ? Expression.Property(to, node.Member.Name)
                : base.VisitMember(node);
    }
}
