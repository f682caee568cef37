namespace Memento.Tests.Queries.Oracle;

/// <summary>A table beside the model of its records.</summary>
internal abstract class OracleTable(string name, OracleModel model, TableType type)
{
    public string Name { get; } = name;

    public OracleModel Model { get; } = model;

    public bool IsOrderedSet { get; } = type == TableType.OrderedSet;

    protected TableType Type { get; } = type;

    public abstract void AddTo(IMementoBuilder builder);

    public abstract Task WriteAsync(ITransaction tx, ModelRow row);

    public abstract Task<bool> DeleteAsync(ITransaction tx, Sample ofKey);

    public abstract Task<bool> DeleteRecordAsync(ITransaction tx, ModelRow row);

    /// <summary>Fails where the table gives another answer than the model.</summary>
    public abstract Task CheckAsync(ITransaction tx, RandomQuery query, string context);

    /// <summary>Fails if a record differs from the written one in any property.</summary>
    public abstract Task CheckContentAsync(ITransaction tx, string context);
}
