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

    /// <summary>A model of what a transaction or a snapshot sees in the table.</summary>
    public abstract Task<OracleModel> ReadModelAsync(IRecordReader reader);

    /// <summary>Fails where the table gives another answer than a model.</summary>
    public abstract Task CheckAsync(
        IRecordReader reader, OracleModel model, RandomQuery query, string context);

    /// <summary>Fails if a record differs from that of a model in any property.</summary>
    public abstract Task CheckContentAsync(
        IRecordReader reader, OracleModel model, string context);
}
