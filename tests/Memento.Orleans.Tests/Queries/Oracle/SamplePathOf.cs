using System.Linq.Expressions;

namespace Memento.Tests.Queries.Oracle;

/// <summary>A property of a type.</summary>
internal sealed class SamplePath<TValue>(string name, Expression<Func<Sample, TValue>> value)
    : SamplePath(name)
{
    private readonly Func<Sample, object?> _read = Expression.Lambda<Func<Sample, object?>>(
        Expression.Convert(RandomTemplate.OrNull(value.Body), typeof(object)),
        value.Parameters).Compile();

    public override object? Read(Sample sample) => _read(sample);

    public override IOrderedTableQuery<T> Order<T>(ITableQuery<T> query, bool isDescending)
        => isDescending
            ? query.OrderByDescending(Over<T>.Of(value))
            : query.OrderBy(Over<T>.Of(value));

    public override IOrderedTableQuery<T> ThenOrder<T>(
        IOrderedTableQuery<T> query, bool isDescending)
        => isDescending
            ? query.ThenByDescending(Over<T>.Of(value))
            : query.ThenBy(Over<T>.Of(value));

    public override async ValueTask<object?> FindExtremeAsync<T>(
        ITableQuery<T> query, bool isGreatest)
    {
        try
        {
            return isGreatest
                ? await query.MaxAsync(Over<T>.Of(value))
                : await query.MinAsync(Over<T>.Of(value));
        }
        catch (InvalidOperationException) when (default(TValue) is not null)
        {
            return null;
        }
    }
}
